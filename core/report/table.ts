/** A table of facts. */
import { html, shown, type Html } from './html.ts';

export interface TableRow {
  readonly cells: readonly (string | number | null)[];
  /** Set off from the others. @default false */
  readonly marked?: boolean;
}

export function table(head: readonly string[], rows: readonly TableRow[]): Html {
  return html` <table>
    <thead>
      <tr>
        ${head.map((name) => html`<th>${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ cells, marked = false }) =>
          html` <tr class="${marked ? 'marked' : ''}">
            ${cells.map((cell) => html`<td>${typeof cell === 'string' ? cell : shown(cell)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
