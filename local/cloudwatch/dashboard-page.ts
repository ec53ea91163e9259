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
const STATE_ORDER = ['ALARM', 'INSUFFICIENT_DATA', 'OK'] as const;
const STATE_WORDS = { ALARM: 'Alarm', INSUFFICIENT_DATA: 'No data', OK: 'OK' } as const;

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #888; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th, .soft { color: var(--soft); font-weight: normal; font-size: .85rem; }
.state { white-space: nowrap; } .ALARM { color: #c62828; font-weight: 600; }
.OK { color: #2e7d32; } .INSUFFICIENT_DATA { color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: .4rem; padding: .7rem; }
figcaption { font-size: .9rem; } svg { width: 100%; height: auto; }
`;

/** Returns the whole page; it needs nothing from anywhere else and loads itself anew. */
export function renderPage(content: PageContent): string {
  const { alarms, charts, now } = content;
  const firing = alarms.filter(({ record }) => record.state === 'ALARM').length;
  const headline = firing === 0 ? 'no alarm' : `${firing} in alarm`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tidemill: ${headline}</title>
<meta http-equiv="refresh" content="${RELOAD_SECONDS}">
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><h1>Tidemill <span class="soft">${headline} at ${time(now.getTime())}</span></h1>
<h2>Alarms</h2>${alarmTable(alarms)}
<h2>Metrics of the last three hours</h2>
<div class="charts">${charts.map((chart) => figure(chart, content)).join('\n')}</div>
</body></html>
`;
}

function alarmTable(alarms: PageContent['alarms']): string {
  if (alarms.length === 0) return '<p class="soft">The stack has no alarms.</p>';
  const rows = alarms
    .toSorted(
      (a, b) =>
        STATE_ORDER.indexOf(a.record.state) - STATE_ORDER.indexOf(b.record.state) ||
        a.alarm.name.localeCompare(b.alarm.name),
    )
    .map(
      ({ alarm, record: { state, since, reason } }) =>
        `<tr><td>${escapeHtml(alarm.name)}<div class="soft">${escapeHtml(alarm.description ?? '')}</div></td>` +
        `<td class="state ${state}">${STATE_WORDS[state]}</td>` +
        `<td class="state soft">${time(since)}</td><td class="soft">${escapeHtml(reason)}</td></tr>`,
    );
  return `<table><tr><th>Alarm</th><th>State</th><th>Since</th><th>Reason</th></tr>${rows.join('\n')}</table>`;
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
