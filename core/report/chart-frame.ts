/** What charts have in common: the figure, its levels, and names beside colours. */
import { html, type Html } from './html.ts';

/** Places in pixels between which a chart draws. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Figure {
  readonly title: string;
  /** Of the series, in the order of their colours. @default no names */
  readonly names?: readonly string[];
  readonly body: Html;
}

export function figure(
  { title, names, body }: Figure,
  { width, height }: Pick<Frame, 'width' | 'height'>,
): Html {
  return html` <figure>
    <figcaption>${title}</figcaption>
    <svg
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      role="img"
      aria-label="${title}"
    >
      ${body}
    </svg>
    ${names ? legend(names) : ''}
  </figure>`;
}

/** A line across, with what it stands for beside it. */
export function level(y: number, label: string, { left, width, right }: Frame): Html {
  return html`<line
      class="axis"
      x1="${left}"
      x2="${width - right}"
      y1="${round(y)}"
      y2="${round(y)}"
    />
    <text x="${left - 6}" y="${round(y + 4)}" text-anchor="end">${label}</text>`;
}

/** Names beside the colours of their series. */
export function legend(names: readonly string[]): Html {
  return html`<figcaption>
    ${names.map(
      (name, index) =>
        html`<svg width="10" height="10" style="display:inline">
            <rect class="fill${index % 4}" width="10" height="10" rx="2" />
          </svg>
          ${name}&ensp;`,
    )}
  </figcaption>`;
}

/** Places to a tenth of a pixel. */
export function round(place: number): number {
  return Math.round(place * 10) / 10;
}
