/** Monitoring: what went in and came out in the window before the as-of. */
import type { ReferenceProfile } from '../../core/data/profile.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { layout } from '../../core/model/layout.ts';
import { renderMonitorPage } from '../../core/monitor/page.ts';
import type { Performance } from '../../core/monitor/performance.ts';
import { reportOn, type MonitorReport } from '../../core/monitor/report.ts';
import { readWindow, windowBefore } from '../../core/monitor/window.ts';
import { readJson, writeJson } from '../../core/pipeline/run-files.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { StepAction, StepContext, Telemetry } from '../step.ts';
import { goOnWithLoop } from './loop.ts';
import { duckDbFor } from './sizes.ts';
import { pinVersion } from './version.ts';

export const monitor: StepAction = async (context) => {
  const { definition, objects, facts, runId, asOf, scratch, say, publish } = context;
  const { name: model, monitors } = definition;
  const version = await pinVersion(context);
  const profile = await readJson<ReferenceProfile>(objects, layout.profile(model, version));
  const window = windowBefore(asOf, monitors.windowHours);
  const job = definition.serving.batch?.job ?? definition.trainer.job;
  const rows = await withDuckDb(duckDbFor(job, scratch), (connection) =>
    readWindow(connection, objects, definition, window, scratch),
  );
  say(`read ${rows.columns.rows} predictions of the ${monitors.windowHours} hours`);
  const report = reportOn({ definition, version, profile, window, rows });
  const folder = layout.report(model, nameOf(asOf, monitors.windowHours));
  await writeJson(objects, `${folder}report.json`, report);
  await objects.put(`${folder}report.html`, renderMonitorPage(report), 'text/html');
  publish(telemetryOf(report, asOf));
  await note(context, report);
  await createRuns(facts).logTags({ model, runId }, { report: `${folder}report.html` });
  for (const line of summaryOf(report)) say(line);
  await goOnWithLoop(context);
  return `${report.findings.length} findings on ${report.rows} predictions, see '${folder}report.html'`;
};

/** '2001-05-04T000000Z-24h': the window's end and length. */
function nameOf(asOf: Date, hours: number): string {
  return `${asOf.toISOString().slice(0, 19).replaceAll(':', '')}Z-${hours}h`;
}

/** A window that is too small to be judged publishes its size and nothing that could alarm. */
function telemetryOf(report: MonitorReport, at: Date): Telemetry {
  const { performance, predictionDrift } = report;
  const measured = {
    ...(report.notJudged === undefined && {
      MissingShare: report.missingShare,
      OutOfRangeShare: report.outOfRangeShare,
      UnseenShare: report.unseenShare,
      MaximumDrift: report.maximumDrift,
      ...(predictionDrift && { PredictionDrift: predictionDrift.statistic }),
    }),
    ...(performance &&
      performance.notJudged === undefined &&
      performance.value !== null && { Performance: performance.value }),
  };
  return {
    at,
    metrics: {
      CurrentRows: { value: report.rows, unit: 'Count' },
      LabelledRows: { value: report.labelledRows, unit: 'Count' },
      ...Object.fromEntries(
        Object.entries(measured).map(([name, value]) => [name, { value, unit: 'NoUnit' as const }]),
      ),
    },
  };
}

async function note(
  { definition, facts, runId }: StepContext,
  report: MonitorReport,
): Promise<void> {
  const { performance } = report;
  await createRuns(facts).logMetrics(
    { model: definition.name, runId },
    {
      rows: report.rows,
      labelledRows: report.labelledRows,
      maximumDrift: report.maximumDrift,
      findings: report.findings.length,
      ...(performance?.value !== undefined &&
        performance.value !== null && { [performance.metric]: performance.value }),
    },
  );
}

function summaryOf({
  rows,
  labelledRows,
  drift,
  performance,
  notJudged,
  findings,
}: MonitorReport): string[] {
  const top = drift.find((one) => one.notJudged === undefined);
  return [
    `${rows} rows, ${labelledRows} with a label`,
    ...(notJudged === undefined ? [] : [`not judged: ${notJudged}`]),
    ...(top
      ? [`farthest mover: ${top.feature}, PSI ${top.statistic.toFixed(3)} of ${top.threshold}`]
      : []),
    ...(performance ? [performanceOf(performance)] : []),
    ...findings.map((finding) => `look at ${finding}`),
  ];
}

function performanceOf({ metric, value, notJudged, limit }: Performance): string {
  if (notJudged !== undefined) return `${metric} is not judged: ${notJudged}`;
  return `${metric} ${value?.toFixed(4)}, limit ${limit}`;
}
