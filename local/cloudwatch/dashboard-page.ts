/** One page of HTML with the alarms and the charts of the stack's dashboards. */
import type { Alarm } from './alarm.ts';
import type { StateRecord } from './alarm-message.ts';
import type { Chart } from './dashboards.ts';
import type { Series } from './metric-math.ts';
import type { MetricStore } from './metric-store.ts';
import { runQueries } from './query.ts';
import { LINE_COLORS, sparkline } from './sparkline.ts';

export interface PageContent {
  readonly alarms: readonly { readonly alarm: Alarm; readonly record: StateRecord }[];
  readonly charts: readonly Chart[];
  readonly metrics: Pick<MetricStore, 'read'>;
  readonly now: Date;
}

const SHOWN_MS = 3 * 60 * 60 * 1000;
const RELOAD_SECONDS = 10;
const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #6b7280; --bad: #c62828; --good: #2e7d32; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin-bottom: .2rem; } h2 { font-size: 1rem; margin: 2rem 0 .7rem; }
.soft { color: var(--soft); font-weight: normal; font-size: .85rem; }
.ringing { border: 1px solid var(--bad); border-left-width: .4rem; border-radius: .4rem; padding: .6rem .9rem; margin: .6rem 0; }
.ringing b { color: var(--bad); }
.quiet { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: .2rem 1rem; font-size: .9rem; }
.quiet span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.quiet span::before { content: '\\25cf'; color: var(--soft); margin-right: .5rem; }
.quiet .OK::before { color: var(--good); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: .4rem; padding: .7rem; }
figcaption { font-size: .9rem; } svg { width: 100%; height: auto; }
`;

/** Returns the whole page; it needs nothing from anywhere else and loads itself anew. */
export function renderPage(content: PageContent): string {
  const { alarms, charts, now } = content;
  const ringing = alarms.filter(({ record }) => record.state === 'ALARM');
  const quiet = alarms.filter(({ record }) => record.state !== 'ALARM');
  const headline = ringing.length === 0 ? 'all quiet' : `${ringing.length} in alarm`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tidemill: ${headline}</title>
<meta http-equiv="refresh" content="${RELOAD_SECONDS}">
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><h1>Tidemill: ${headline}</h1>
<div class="soft">${time(now.getTime())} UTC, loads itself anew</div>
${ringing.map(ringingAlarm).join('\n')}
<h2>Alarms that do not ring</h2>
<div class="quiet">${quiet.map(quietAlarm).join('\n')}</div>
<h2>The last three hours</h2>
<div class="charts">${charts.map((chart) => figure(chart, content)).join('\n')}</div>
</body></html>
`;
}

type ShownAlarm = PageContent['alarms'][number];

function ringingAlarm({ alarm, record: { since, reason } }: ShownAlarm): string {
  return (
    `<div class="ringing"><b>${escapeHtml(alarm.name)}</b> <span class="soft">since ${time(since)}</span>` +
    `<div>${escapeHtml(alarm.description ?? '')}</div><div class="soft">${escapeHtml(reason)}</div></div>`
  );
}

/** What it means and why it is quiet comes up under the pointer. */
function quietAlarm({ alarm, record: { state, reason } }: ShownAlarm): string {
  const meaning = escapeHtml(`${alarm.description ?? ''}\n${reason}`);
  return `<span class="${state}" title="${meaning}">${escapeHtml(alarm.name)}</span>`;
}

function figure({ title, queries }: Chart, { metrics, now }: PageContent): string {
  const end = Math.ceil(now.getTime() / 60_000) * 60_000;
  const start = end - SHOWN_MS;
  const shown = queries.filter(({ returnData }) => returnData);
  const series = worked(() => runQueries(metrics, queries, start, end));
  const lines = shown.map(({ id }) => series.get(id) ?? new Map<number, number>());
  const legend = shown.map(({ label, stat, expression }, index) => {
    const last = [...(lines[index] ?? [])].at(-1)?.[1];
    const name = escapeHtml(label ?? stat?.metric.name ?? expression ?? '');
    const color = LINE_COLORS[index % LINE_COLORS.length];
    return `<span style="color:${color}">${name}</span> ${last === undefined ? 'none' : short(last)}`;
  });
  return (
    `<figure><figcaption>${escapeHtml(title)}</figcaption>` +
    sparkline(lines, { start, end, width: 300, height: 60 }) +
    `<div class="soft">${legend.join(' · ')}</div></figure>`
  );
}

/** A chart that cannot be worked out is empty; the page stays. */
function worked(work: () => ReadonlyMap<string, Series>): ReadonlyMap<string, Series> {
  try {
    return work();
  } catch {
    return new Map();
  }
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
