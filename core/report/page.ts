/** The frame of every report: one file that opens from disk, with nothing to fetch. */
import { html, type Html } from './html.ts';

export interface Section {
  readonly title: string;
  /** One sentence that says what to look for. */
  readonly note?: string;
  readonly body: Html;
}

export interface Page {
  readonly title: string;
  /** The facts that one asks for first, by name. */
  readonly facts: Readonly<Record<string, string>>;
  readonly verdict: { readonly good: boolean; readonly text: string };
  readonly sections: readonly Section[];
}

export function renderPage({ title, facts, verdict, sections }: Page): string {
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="verdict ${verdict.good ? 'good' : 'bad'}">${verdict.text}</p>
          <dl>
            ${Object.entries(facts).map(
              ([name, fact]) =>
                html`<div>
                  <dt>${name}</dt>
                  <dd>${fact}</dd>
                </div>`,
            )}
          </dl>
        </header>
        <main>${sections.map(renderSection)}</main>
      </body>
    </html> `;
  return markup;
}

function renderSection({ title, note, body }: Section): Html {
  return html` <section>
    <h2>${title}</h2>
    ${note === undefined ? '' : html`<p class="note">${note}</p>`} ${body}
  </section>`;
}

const STYLE = `
:root { --ink: #1c2733; --soft: #66727f; --line: #dfe4ea; --paper: #fff; --ground: #f5f7f9;
  --first: #1f6f8b; --second: #d9822b; --third: #7a8794; --fourth: #8e5ea2; --good: #2c7a4b; --bad: #b3392f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #98a4b0; --line: #2f3944;
  --paper: #1a2129; --ground: #12171d; --first: #5bb0cc; --second: #eda45d; --third: #8b98a5;
  --fourth: #b992c9; --good: #6cc08b; --bad: #e27c73; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.5rem 4rem; color: var(--ink);
  background: var(--ground); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; font-weight: 600; }
h2 { margin: 0 0 .25rem; font-size: 1.05rem; font-weight: 600; }
.verdict { margin: 0 0 1rem; font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0 0 1.5rem; }
dt { color: var(--soft); font-size: .8rem; } dd { margin: 0; font-variant-numeric: tabular-nums; }
section { margin: 0 0 1rem; padding: 1rem 1.25rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
.note { margin: 0 0 .75rem; color: var(--soft); }
.charts { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; }
figure { margin: 0; } figcaption { font-size: .85rem; color: var(--soft); }
svg { display: block; max-width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: var(--soft); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem 1.25rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; }
th { color: var(--soft); font-weight: 500; font-size: .85rem; } tr.marked td { font-weight: 600; }
.axis { stroke: var(--line); } .mark { stroke: var(--fourth); stroke-dasharray: 2 3; }
.mark.faint { stroke: var(--soft); stroke-dasharray: 1 5; }
.limit { stroke: var(--bad); stroke-dasharray: 6 4; } text.bad { fill: var(--bad); } .band { opacity: .15; }
.dashed { stroke-dasharray: 5 4; } .series0 { stroke: var(--first); } .series1 { stroke: var(--second); }
.series2 { stroke: var(--third); } .series3 { stroke: var(--fourth); } .line { fill: none; stroke-width: 1.8; }
.strong { stroke-width: 3; } .head { font-weight: 600; } .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 3; }
.zero { stroke: var(--soft); } .needed { stroke: var(--soft); stroke-dasharray: 2 3; }
.whisker { stroke-width: 3; stroke-linecap: round; } .whisker.good { stroke: var(--good); } .whisker.bad { stroke: var(--bad); }
.dot.good { fill: var(--good); } .dot.bad { fill: var(--bad); }
.bars td { border: 0; padding: .15rem 1rem .15rem 0; } .matrix td, .matrix th { text-align: right; }
.matrix td.right { background: color-mix(in srgb, var(--good) 14%, transparent); }
.matrix td.wrong { background: color-mix(in srgb, var(--bad) 10%, transparent); }
.matrix th, .matrix td { padding: .35rem .9rem; }
.fill0 { fill: var(--first); } .fill1 { fill: var(--second); } .fill2 { fill: var(--third); } .fill3 { fill: var(--fourth); }
`;
