/** A report in few words: for later windows, and for metrics. */
import { reachOf } from './drift.ts';
import type { WindowSummary } from './history.ts';
import type { MonitorReport } from './report.ts';

export function digestOf(report: MonitorReport): WindowSummary {
  const { performance, estimate, predictionDrift, verdicts } = report;
  const { metric, measured, limit, coverage, notJudged } = performance;
  const judged = coverage.at(-1);
  return {
    asOf: report.window.to,
    version: report.version,
    rows: report.rows,
    drift: Object.fromEntries(
      report.drift.flatMap((one) =>
        one.notJudged === undefined ? [[one.feature, reachOf(one)]] : [],
      ),
    ),
    ...(predictionDrift && { predictionDrift: reachOf(predictionDrift) }),
    ...(measured &&
      notJudged === undefined &&
      judged && {
        performance: {
          metric,
          value: measured.value,
          low: measured.low,
          high: measured.high,
          limit,
          to: judged.to,
          ...(estimate?.check && { estimated: estimate.check.estimated.value }),
        },
      }),
    ...(estimate && { estimated: estimate.value }),
    bad: verdicts.flatMap(({ monitor, state }) => (state === 'bad' ? [monitor] : [])),
  };
}
