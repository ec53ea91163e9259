/** Bars side by side over named bins: reference beside current. */
import { figure } from './chart-frame.ts';
import { html, percent, type Html } from './html.ts';
import { linearScale } from './scale.ts';

export interface BarChart {
  readonly title: string;
  /** Of the two bars in each bin. */
  readonly names: readonly [string, string];
  readonly bins: readonly { readonly name: string; readonly values: readonly [number, number] }[];
}

const HEIGHT = 190;
const BOTTOM = 70;
const TOP = 10;
const LEFT = 48;
const STEP = 34;

/** Values are shares of 1. */
export function barChart({ title, names, bins }: BarChart): Html {
  const width = Math.max(260, LEFT + bins.length * STEP + 10);
  const highest = Math.max(0.01, ...bins.flatMap(({ values }) => values));
  const up = linearScale([0, highest], [HEIGHT - BOTTOM, TOP]);
  const bar = (bin: number, which: 0 | 1, share: number): Html => {
    const x = LEFT + bin * STEP + which * 13;
    const height = Math.round((HEIGHT - BOTTOM - up(share)) * 10) / 10;
    return html`<rect
      class="fill${which}"
      x="${x}"
      y="${HEIGHT - BOTTOM - height}"
      width="12"
      height="${height}"
      ><title>${names[which]}: ${percent(share)}</title></rect
    >`;
  };
  const body = html`
    ${up.ticks.map((tick) => {
      const y = Math.round(up(tick) * 10) / 10;
      return html`<line class="axis" x1="${LEFT - 4}" x2="${width}" y1="${y}" y2="${y}" />
        <text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${percent(tick)}</text>`;
    })}
    ${bins.map(
      ({ name, values }, bin) =>
        html`${bar(bin, 0, values[0])}${bar(bin, 1, values[1])}
          <text
            transform="translate(${LEFT + bin * STEP + 16} ${HEIGHT - BOTTOM + 12}) rotate(-45)"
            text-anchor="end"
            >${name}</text
          >`,
    )}
  `;
  return figure({ title, names, body }, { width, height: HEIGHT });
}
