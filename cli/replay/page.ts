/** The picture of a replay, as one page. */
import { html, shown, type Html } from '../../core/report/html.ts';
import { lineChart, type Point } from '../../core/report/line-chart.ts';
import { renderPage } from '../../core/report/page.ts';
import { table } from '../../core/report/table.ts';
import { timelineSections } from '../../core/timeline/page.ts';
import { decimals } from './chart.ts';
import type { PeriodOutcome, Quality } from './periods.ts';
import type { ReplayReport } from './report.ts';

export function renderReplayPage(report: ReplayReport): string {
  const { model, from, to, events, predictions, labels, seed, periods, timeline } = report;
  const all = periods.at(-1);
  const parts = periods.slice(0, -1);
  return renderPage({
    title: `Replay of ${model}`,
    facts: {
      period: `${from} to ${to}`,
      events: shown(events),
      predictions: shown(predictions),
      labels: shown(labels),
      seed: String(seed),
    },
    verdict: verdictOf(all),
    sections: [
      {
        title: 'With retraining and without',
        note: 'The version first promoted, never retrained, predicted the very same rows.',
        body: html`<div class="charts">${chartsOf(parts)}</div>`,
      },
      { title: 'In numbers', body: numbersOf(periods) },
      ...timelineSections(timeline),
    ],
  });
}

function verdictOf(all: PeriodOutcome | undefined): { good: boolean; text: string } {
  const [given, frozen] = [all?.given?.value, all?.frozen?.value];
  if (given === undefined || frozen === undefined)
    return { good: true, text: 'nothing to compare' };
  return {
    good: given >= frozen,
    text: `${all?.metric} ${given.toFixed(4)} with retraining, ${frozen.toFixed(4)} without`,
  };
}

function chartsOf(parts: readonly PeriodOutcome[]): Html[] {
  const metric = parts[0]?.metric ?? '';
  const pick = (of: 'given' | 'frozen', value: (quality: Quality) => number | undefined): Point[] =>
    parts.map((part, at) => [at, (part[of] && value(part[of])) ?? Number.NaN]);
  const chart = (y: string, value: (quality: Quality) => number | undefined): Html =>
    lineChart({
      title: `${y} by period`,
      x: 'period',
      y,
      xShown: (place) => parts[place]?.period ?? '',
      series: [
        { name: 'with retraining', points: pick('given', value), dotted: true },
        { name: 'without', points: pick('frozen', value), dashed: true, dotted: true },
      ],
    });
  const charts = [chart(metric, ({ value }) => value)];
  if (parts.some(({ given }) => given?.calibration !== undefined)) {
    charts.push(chart('calibration error', ({ calibration }) => calibration));
  }
  return charts;
}

function numbersOf(periods: readonly PeriodOutcome[]): Html {
  const metric = periods[0]?.metric ?? '';
  return table(
    [
      'period',
      'labelled rows',
      `${metric} with (95 %)`,
      'without (95 %)',
      'calibration error with',
      'without',
      'versions',
    ],
    periods.map(({ period, rows, given, frozen, versions }) => ({
      cells: [
        period,
        rows,
        intervalOf(given),
        intervalOf(frozen),
        decimals(given?.calibration),
        decimals(frozen?.calibration),
        versions.join(', '),
      ],
      marked: period === 'all',
    })),
  );
}

function intervalOf(quality: Quality | undefined): string {
  if (quality === undefined) return '–';
  const { value, low, high } = quality;
  return `${decimals(value)} (${decimals(low)} to ${decimals(high)})`;
}
