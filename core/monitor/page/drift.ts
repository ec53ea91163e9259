/** Distributions, reference beside current, the farthest mover first. */
import { barChart } from '../../report/bar-chart.ts';
import { html, shown, type Html } from '../../report/html.ts';
import type { Section } from '../../report/page.ts';
import { table, type TableRow } from '../../report/table.ts';
import type { Drift } from '../drift.ts';
import type { DriftTest } from '../drift/tests.ts';
import type { MonitorReport } from '../report.ts';

export function driftSections(
  { drift, predictionDrift, version }: MonitorReport,
  overTime: Html,
): Section[] {
  const all = [...(predictionDrift ? [predictionDrift] : []), ...drift];
  if (all.length === 0) return [];
  return [
    {
      title: 'Distributions',
      note: `Share of rows by bin: in the training data of version ${version} (of predictions, on its holdout), and in the window. The farthest mover first.`,
      body: html`${overTime}
        <div class="charts">${drift.map(chart)}</div>`,
    },
    ...(predictionDrift ? [{ title: 'Predictions', body: chart(predictionDrift) }] : []),
    {
      title: 'Tests of drift',
      note: 'The first of each feature decides. It must pass its threshold, and its p-value, corrected for the number of features, must be small: with many rows the smallest difference is certain, and with few rows chance makes large ones.',
      body: table(
        ['Feature', 'Test', 'Statistic', 'Effect', 'Threshold', 'p', 'corrected', 'Verdict'],
        all.flatMap(rowsOf),
      ),
    },
  ];
}

function chart({ feature, tests: [deciding], drifted, notJudged, bins }: Drift): Html {
  const verdict =
    notJudged === undefined ? (drifted ? 'drifted' : 'stable') : `not judged: ${notJudged}`;
  const { method, effect, threshold } = deciding;
  return barChart({
    title: `${feature}: ${method} ${shown(effect)}, threshold ${threshold}, ${verdict}`,
    names: ['reference', 'current'],
    bins: bins.map(({ name, reference, current }) => ({ name, values: [reference, current] })),
  });
}

function rowsOf({ feature, tests, notJudged }: Drift): TableRow[] {
  return tests.map((test, at) => ({
    cells: [at === 0 ? feature : '', test.method, ...numbersOf(test), verdictOf(test, notJudged)],
    marked: at === 0 && test.drifted,
  }));
}

function numbersOf({ statistic, error, effect, threshold, pValue, correctedPValue }: DriftTest) {
  const wide = error === undefined ? '' : ` (to ${shown(statistic + error)})`;
  return [
    `${shown(statistic)}${wide}`,
    effect,
    threshold,
    shown(pValue),
    correctedPValue === undefined ? '–' : shown(correctedPValue),
  ];
}

function verdictOf({ drifted, effect, threshold }: DriftTest, notJudged?: string): string {
  if (notJudged !== undefined) return 'not judged';
  if (drifted) return 'drifted';
  return effect > threshold ? 'may be chance' : 'stable';
}
