/** Named shares as horizontal bars, the largest first. */
import { html, percent, type Html } from './html.ts';

/** @param shares at most 1 each */
export function rankedBars(shares: Readonly<Record<string, number>>): Html {
  const ranked = Object.entries(shares).toSorted(([, a], [, b]) => b - a);
  const largest = Math.max(1e-9, ...ranked.map(([, share]) => share));
  return html` <table class="bars">
    <tbody>
      ${ranked.map(
        ([name, share]) =>
          html` <tr>
            <td>${name}</td>
            <td>
              <svg width="320" height="12" aria-hidden="true">
                <rect
                  class="fill0"
                  width="${Math.max(1, Math.round((share / largest) * 320))}"
                  height="12"
                  rx="2"
                />
              </svg>
            </td>
            <td>${percent(share)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
