/** The monitoring report as a page: distributions side by side, top movers first. */
import { barChart } from '../report/bar-chart.ts';
import { html, percent, shown, type Html } from '../report/html.ts';
import { renderPage, type Section } from '../report/page.ts';
import { table } from '../report/table.ts';
import type { Drift } from './drift.ts';
import type { MonitorReport } from './report.ts';

export function renderMonitorPage(report: MonitorReport): string {
  const { model, version, window, rows, labelledRows, findings, notJudged } = report;
  return renderPage({
    title: `${model}: what went in and came out`,
    facts: {
      Window: `${minute(window.from)} to ${minute(window.to)} UTC`,
      'Compared with': `training data of version ${version}`,
      Rows: shown(rows),
      'Labels in': shown(labelledRows),
    },
    verdict: verdictOf(findings, notJudged),
    sections: [
      ...(findings.length > 0 ? [{ title: 'Findings', body: list(findings) }] : []),
      driftSection(report.drift),
      ...predictionSection(report.predictionDrift),
      ...performanceSection(report.performance),
      qualitySection(report.quality),
    ],
  });
}

function verdictOf(
  findings: readonly string[],
  notJudged: string | undefined,
): { good: boolean; text: string } {
  if (findings.length > 0) return { good: false, text: `${findings.length} things to look at` };
  if (notJudged !== undefined) return { good: true, text: `Not judged: ${notJudged}` };
  return { good: true, text: 'Nothing to look at' };
}

function driftSection(drift: readonly Drift[]): Section {
  return {
    title: 'Data drift',
    note: 'Share of rows by bin, in the training data and in the window. The farthest mover first.',
    body: html`<div class="charts">${drift.map(driftChart)}</div>`,
  };
}

function predictionSection(drift: Drift | undefined): Section[] {
  if (drift === undefined) return [];
  return [
    {
      title: 'Prediction drift',
      note: "The champion's predictions on the holdout, and in the window.",
      body: driftChart(drift),
    },
  ];
}

function driftChart({ feature, statistic, threshold, drifted, notJudged, bins }: Drift): Html {
  const verdict =
    notJudged === undefined ? (drifted ? 'drifted' : 'stable') : `not judged: ${notJudged}`;
  return barChart({
    title: `${feature}: PSI ${shown(statistic)}, threshold ${threshold}, ${verdict}`,
    names: ['reference', 'current'],
    bins: bins.map(({ name, reference, current }) => ({ name, values: [reference, current] })),
  });
}

function performanceSection(performance: MonitorReport['performance']): Section[] {
  if (performance === undefined) return [];
  const { metric, value, reference, limit, good, labels, notJudged } = performance;
  const verdict = notJudged ?? (good ? 'good enough' : 'worse than the limit');
  return [
    {
      title: 'Performance',
      note: `On the ${labels} labels that had come by the end of the window.`,
      body: table(
        ['Metric', 'In the window', 'On the holdout', 'Limit', 'Verdict'],
        [{ cells: [metric, value, reference, limit, verdict], marked: !good }],
      ),
    },
  ];
}

function qualitySection(quality: MonitorReport['quality']): Section {
  const rows = quality.map(({ feature, missingShare, outOfRangeShare, unseenShare, unseen }) => ({
    cells: [
      feature,
      percent(missingShare),
      percent(outOfRangeShare),
      percent(unseenShare),
      unseen.join(', '),
    ],
  }));
  return {
    title: 'Data quality',
    body: table(
      ['Feature', 'Missing', 'Out of range', 'Unseen in training', 'Unseen values'],
      rows,
    ),
  };
}

function list(lines: readonly string[]): Html {
  return html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

function minute(moment: string): string {
  return moment.slice(0, 16).replace('T', ' ');
}
