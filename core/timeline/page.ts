/** The timeline as a page: who was champion when, and everything that happened. */
import { html, type Html } from '../report/html.ts';
import { renderPage, type Section } from '../report/page.ts';
import { table } from '../report/table.ts';
import { KINDS, type TimelineEntry, type TimelineKind } from './entry.ts';

/** What changes who answers; the rest leads there. */
const MARKED: ReadonlySet<TimelineKind> = new Set(['alias', 'alarm']);

export function renderTimelinePage(model: string, entries: readonly TimelineEntry[]): string {
  const champion = entries.findLast(
    ({ kind, text }) => kind === 'alias' && text.startsWith('champion'),
  );
  const [first, last] = [entries[0], entries.at(-1)];
  return renderPage({
    title: `${model}: what happened`,
    facts: {
      From: first ? minute(first.at) : 'nothing yet',
      To: last ? minute(last.at) : 'nothing yet',
      Entries: String(entries.length),
    },
    verdict: { good: true, text: champion ? champion.text : 'No champion yet' },
    sections: timelineSections(entries),
  });
}

/** When it happened, as a picture, and what, as a table. */
export function timelineSections(entries: readonly TimelineEntry[]): Section[] {
  return [
    { title: 'When', note: 'A mark for each thing, by kind.', body: lanes(entries) },
    {
      title: 'What',
      body: table(
        ['at', 'what', '', 'by'],
        entries.map(({ at, kind, text, by }) => ({
          cells: [minute(at), kind, text, by ?? ''],
          marked: MARKED.has(kind),
        })),
      ),
    },
  ];
}

const WIDTH = 960;
const LEFT = 90;
const LANE = 24;

/** One lane a kind, a tick a thing. */
function lanes(entries: readonly TimelineEntry[]): Html {
  const kinds = KINDS.filter((kind) => entries.some((entry) => entry.kind === kind));
  const times = entries.map(({ at }) => Date.parse(at));
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 1];
  const place = (at: string): string =>
    (LEFT + ((Date.parse(at) - from) / Math.max(1, to - from)) * (WIDTH - LEFT - 10)).toFixed(1);
  const height = kinds.length * LANE + 6;
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
    ${kinds.map((kind, lane) => {
      const y = lane * LANE + LANE / 2;
      return html`<text x="0" y="${y + 4}">${kind}</text>
        <line class="axis" x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}" />
        ${entries
          .filter((entry) => entry.kind === kind)
          .map(
            ({ at, text }) =>
              html`<circle class="fill${lane % 4}" cx="${place(at)}" cy="${y}" r="4">
                <title>${minute(at)} ${text}</title>
              </circle>`,
          )}`;
    })}
  </svg>`;
}

function minute(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}
