/** Improvements with what is sure about them, on one axis with zero. */
import { figure } from './chart-frame.ts';
import { html, shown, type Html } from './html.ts';
import { linearScale } from './scale.ts';

export interface ShownInterval {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** How much was asked for. */
  readonly needed: number;
  readonly good: boolean;
}

const WIDTH = 640;
const LEFT = 160;
const RIGHT = 30;
const ROW = 38;

export function intervals(title: string, found: readonly ShownInterval[]): Html {
  const ends = found.flatMap(({ low, high, value, needed }) => [low, high, value, needed]);
  const across = linearScale([Math.min(0, ...ends), Math.max(0, ...ends)], [LEFT, WIDTH - RIGHT]);
  const height = found.length * ROW + 30;
  const x = (value: number): number => Math.round(across(value) * 10) / 10;
  const body = html`
    ${across.ticks.map(
      (tick) =>
        html`<line class="axis" x1="${x(tick)}" x2="${x(tick)}" y1="4" y2="${height - 22}" />
          <text x="${x(tick)}" y="${height - 6}" text-anchor="middle">${shown(tick)}</text>`,
    )}
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="4" y2="${height - 22}" />
    ${found.map(({ name, value, low, high, needed, good }, row) => {
      const y = row * ROW + 22;
      const colour = good ? 'good' : 'bad';
      return html`<text x="${LEFT - 16}" y="${y + 4}" text-anchor="end">${name}</text>
        <line class="needed" x1="${x(needed)}" x2="${x(needed)}" y1="${y - 12}" y2="${y + 12}" />
        <line class="whisker ${colour}" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" />
        <circle class="dot ${colour}" cx="${x(value)}" cy="${y}" r="5" />`;
    })}
  `;
  return figure({ title, body }, { width: WIDTH, height });
}
