/** Named amounts as bars from a middle line: to the right what adds, to the left what takes away. */
import { html, shown, type Html } from './html.ts';

export interface SignedBar {
  readonly name: string;
  /** Beside the name. */
  readonly value: string;
  readonly amount: number;
}

const HALF_WIDTH = 160;

/** In the order given. */
export function signedBars(bars: readonly SignedBar[]): Html {
  const largest = Math.max(1e-12, ...bars.map(({ amount }) => Math.abs(amount)));
  return html` <table class="bars">
    <tbody>
      ${bars.map(({ name, value, amount }) => {
        const width = Math.max(1, Math.round((Math.abs(amount) / largest) * HALF_WIDTH));
        const from = amount < 0 ? HALF_WIDTH - width : HALF_WIDTH;
        return html` <tr>
          <td>${name}</td>
          <td>${value}</td>
          <td>
            <svg width="${HALF_WIDTH * 2}" height="12" aria-hidden="true">
              <rect
                class="${amount < 0 ? 'fill1' : 'fill0'}"
                x="${from}"
                width="${width}"
                height="12"
                rx="2"
              />
              <line class="zero" x1="${HALF_WIDTH}" x2="${HALF_WIDTH}" y1="0" y2="12" />
            </svg>
          </td>
          <td>${amount < 0 ? '−' : '+'}${shown(Math.abs(amount))}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
