/** Drift and performance over the windows before, with what became champion, and what was refused, marked. */
import { html, type Html } from '../../report/html.ts';
import { type Mark, timeChart, type TimePoint } from '../../report/time-chart.ts';
import type { WindowSummary } from '../history.ts';
import type { MonitorPage } from '../page.ts';

/** Features on the chart, those that moved farthest. */
const FEATURES = 4;

/** Nothing, where there is only the window itself. */
export function overTime(
  windows: readonly WindowSummary[],
  { champions, refused }: Pick<MonitorPage, 'champions' | 'refused'>,
): { readonly performance: Html; readonly drift: Html } {
  const promoted = champions.map(({ at, version, kind, reason }): Mark => ({
    at: new Date(at),
    name: kind === 'rollback' ? `back to ${version}` : `version ${version}`,
    meaning: reason,
  }));
  const marks = [
    // Below the others, should both be of one day.
    ...refused.map(({ at, version, reason }): Mark => ({
      at: new Date(at),
      name: `✕ ${version}`,
      meaning: `version ${version} was refused: ${reason}`,
      changesNothing: true,
    })),
    ...promoted,
  ];
  if (windows.length < 2) return { performance: html``, drift: html`` };
  return { performance: performanceChart(windows, marks), drift: driftChart(windows, marks) };
}

function performanceChart(windows: readonly WindowSummary[], marks: readonly Mark[]): Html {
  const judged = windows.flatMap(({ performance }) => (performance ? [performance] : []));
  const [newest] = judged.slice(-1);
  if (newest === undefined || judged.length < 2) return html``;
  // Windows that waited for the same labels say the same of the same rows.
  const byEnd = new Map(judged.map((one) => [one.to, one]));
  const realised = [...byEnd.values()].map(({ to, value, low, high }) => ({
    at: new Date(to),
    value,
    low,
    high,
  }));
  const estimated = windows.flatMap(({ asOf, estimated: value }): TimePoint[] =>
    value === undefined ? [] : [{ at: new Date(asOf), value }],
  );
  return timeChart({
    title: `${newest.metric} over time: what labels showed, and what was expected before they came`,
    series: [
      { name: 'by labels', points: realised },
      ...(estimated.length > 0 ? [{ name: 'estimated', points: estimated, dashed: true }] : []),
    ],
    ...(newest.limit !== null && { limit: { name: 'limit', value: newest.limit } }),
    marks,
  });
}

function driftChart(windows: readonly WindowSummary[], marks: readonly Mark[]): Html {
  const farthest = new Map<string, number>();
  for (const { drift } of windows) {
    for (const [feature, reach] of Object.entries(drift)) {
      farthest.set(feature, Math.max(reach, farthest.get(feature) ?? 0));
    }
  }
  const top = [...farthest].toSorted(([, a], [, b]) => b - a).slice(0, FEATURES);
  if (top.length === 0) return html``;
  return timeChart({
    title: 'Drift over time: the deciding statistic over its threshold',
    series: top.map(([feature]) => ({
      name: feature,
      points: windows.flatMap(({ asOf, drift }): TimePoint[] => {
        const value = drift[feature];
        return value === undefined ? [] : [{ at: new Date(asOf), value }];
      }),
    })),
    limit: { name: 'threshold', value: 1 },
    yRange: [0, 1],
    marks,
  });
}
