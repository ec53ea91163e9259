/** Monitoring: what went in and came out in the window before the as-of. */
import { ObjectNotFoundError } from '../../core/aws/objects.ts';
import type { ReferenceProfile } from '../../core/data/profile.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { layout } from '../../core/model/layout.ts';
import { noteJudged } from '../../core/loop/decline.ts';
import { digestOf } from '../../core/monitor/digest.ts';
import { type History, reportName, summaryKey } from '../../core/monitor/history.ts';
import { lookAtWindow } from '../../core/monitor/look.ts';
import { renderMonitorPage } from '../../core/monitor/page.ts';
import { maximumDriftOf, type MonitorReport } from '../../core/monitor/report.ts';
import { metricsOf } from '../../core/monitor/telemetry.ts';
import { parseMonitorOptions } from '../../core/pipeline/options.ts';
import { readJson, writeJson } from '../../core/pipeline/run-files.ts';
import { type AliasEntry, createRegistry } from '../../core/registry/registry.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { StepAction, StepContext } from '../step.ts';
import { goOnWithLoop } from './loop.ts';
import { refusalsSince } from './refusals.ts';
import { duckDbFor } from './sizes.ts';
import { pinChampionOf } from './version.ts';

export const monitor: StepAction = async (context) => {
  const { definition, objects, facts, runId, asOf, options, scratch, say } = context;
  const { name: model, monitors } = definition;
  const { windowHours: hours = monitors.windowHours, publish: isHeard = true } =
    parseMonitorOptions(options);
  const version = await pinChampionOf(context, asOf);
  const champions = await championsUntil(context, asOf);
  const job = definition.serving.batch?.job ?? definition.trainer.job;
  const { report, history } = await withDuckDb(duckDbFor(job, scratch), async (connection) =>
    lookAtWindow({
      connection,
      objects,
      definition,
      version,
      profile: await profileOf(context, version),
      championSince: champions.findLast((entry) => entry.version === version)?.at,
      asOf,
      hours,
      folder: scratch,
    }),
  );
  say(`read ${report.rows} predictions of the ${hours} hours`);
  const folder = layout.report(model, reportName(asOf, hours));
  await writeJson(objects, `${folder}report.json`, report);
  await writeJson(objects, summaryKey(model, asOf, hours), digestOf(report));
  const refused = await refusalsSince(context, history.line[0]?.asOf ?? asOf.toISOString());
  const page = renderMonitorPage({ report, history, champions, refused });
  await objects.put(`${folder}report.html`, page, 'text/html');
  await note(context, report);
  await createRuns(facts).logTags(
    { model, runId },
    { report: `${folder}report.html`, ...tagsOf(report) },
  );
  for (const { monitor: name, state, says } of report.verdicts) say(`${name}: ${state}, ${says}`);
  if (isHeard && hours === monitors.windowHours) await letHear(context, report, history);
  return `${report.findings.length} findings on ${report.rows} predictions, see '${folder}report.html'`;
};

/** A window of another length than declared is a look by hand, and nothing that alarms go by. */
async function letHear(
  context: StepContext,
  report: MonitorReport,
  { line }: History,
): Promise<void> {
  const judgedBefore = line.at(-1)?.performance?.to;
  context.publish({ at: context.asOf, metrics: metricsOf(report, judgedBefore) });
  await noteJudgedOf(context, report);
  await goOnWithLoop(context);
}

/** A training learns from what came since performance declined. */
async function noteJudgedOf(
  { definition, facts }: StepContext,
  { version, performance }: MonitorReport,
): Promise<void> {
  const judged = performance.coverage.at(-1);
  if (judged === undefined || performance.shortfall === null) return;
  const { from, to, labelled: labels } = judged;
  const window = { from, to, version, labels, bad: !performance.good };
  await noteJudged(facts, definition.name, window);
}

const LONGEST_TAG = 300;

/** What the timeline tells: which monitors are bad, and what they say. */
function tagsOf({ verdicts }: MonitorReport): { bad: string; says: string } {
  const bad = verdicts.filter(({ state }) => state === 'bad');
  return {
    bad: bad.map(({ monitor: name }) => name).join(', '),
    says: bad
      .map(({ monitor: name, says }) => `${name}: ${says}`)
      .join('; ')
      .slice(0, LONGEST_TAG),
  };
}

/** A version that was trained elsewhere has none. */
async function profileOf(
  { definition, objects }: StepContext,
  version: number,
): Promise<ReferenceProfile | undefined> {
  try {
    return await readJson<ReferenceProfile>(objects, layout.profile(definition.name, version));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

async function championsUntil(
  { definition, facts }: StepContext,
  asOf: Date,
): Promise<AliasEntry[]> {
  const history = await createRegistry(facts).history(definition.name, 'champion');
  return history.filter(({ at }) => at <= asOf.toISOString());
}

async function note(
  { definition, facts, runId }: StepContext,
  report: MonitorReport,
): Promise<void> {
  const { metric, measured, notJudged } = report.performance;
  await createRuns(facts).logMetrics(
    { model: definition.name, runId },
    {
      rows: report.rows,
      labelledRows: report.labelledRows,
      maximumDrift: maximumDriftOf(report),
      findings: report.findings.length,
      ...(measured && notJudged === undefined && { [metric]: measured.value }),
    },
  );
}
