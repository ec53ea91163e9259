/** First step of training: bring the data, check it, split it, profile it. */
import { join } from 'node:path';
import type { CheckResult } from '../../core/data/checks/check.ts';
import { errorsOf, told } from '../../core/data/checks/run-checks.ts';
import { downloadAll, listDataset, newestDays } from '../../core/data/dataset.ts';
import { DataError } from '../../core/data/errors.ts';
import type { Changed } from '../../core/data/split.ts';
import { declineOf } from '../../core/loop/decline.ts';
import { renderChecksPage } from '../../core/pipeline/checks-page.ts';
import { historyDays } from '../../core/model/rolling-features.ts';
import { parseTrainOptions } from '../../core/pipeline/options.ts';
import { runFiles, writeJson, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { StepAction, StepContext } from '../step.ts';
import { prepareRows } from './prepare-rows.ts';

export const prepare: StepAction = async (context) => {
  const { definition, objects, asOf, scratch, say } = context;
  const { sample = 1 } = parseTrainOptions(context.options);
  const { trainingDays, holdoutDays } = definition.split;
  const found = newestDays(await listDataset(objects, definition), {
    to: asOf,
    days: trainingDays + holdoutDays + historyDays(definition.rolling, definition.labels),
  });
  say(`reading ${found.length} objects from before ${asOf.toISOString()}`);
  const files = await downloadAll(objects, found, scratch);
  const keys = runFiles({ model: definition.name, runId: context.runId });
  await writeJson(objects, keys.definition, definition);
  const { dataset, profile, checks } = await prepareRows(
    context,
    files,
    sample,
    await changeOf(context),
  );
  await noteChecks(context, checks);
  await objects.upload(join(scratch, 'train.parquet'), keys.training);
  await objects.upload(join(scratch, 'holdout.parquet'), keys.holdout);
  await writeJson(objects, keys.profile, profile);
  await writeJson(objects, keys.dataset, dataset);
  await note(context, dataset);
  const { training, holdout } = dataset.rows;
  const thinned = sample < 1 ? `, a sample of ${sample * 100} %` : '';
  return `${training} rows to train on and ${holdout} to judge by${thinned}`;
};

/** Since when the champion is too bad, by the labels that monitoring judged. */
async function changeOf({
  definition: { name: model, monitors },
  facts,
  asOf,
}: StepContext): Promise<Changed | undefined> {
  const { sustained, performance } = monitors;
  const decline = await declineOf(facts, model, { at: asOf, sustained });
  // Of the labels that a training by alarm waits for, each of two halves gets some.
  return decline && { since: decline.since, rows: performance.minimumLabels / 2 };
}

/** A run is one item of the table, which has its limits. */
const MOST_ON_RUN = 50;

/** @throws {DataError} if one that is an error did not pass; what was found is kept all the same */
async function noteChecks(
  { definition, objects, facts, runId, say }: StepContext,
  results: readonly CheckResult[],
): Promise<void> {
  const run = { model: definition.name, runId };
  const keys = runFiles(run);
  await writeJson(objects, keys.checks, results);
  // The run keeps what people look for; the file has all of it.
  const failed = results.filter(({ passed }) => !passed);
  await createRuns(facts).logChecks(run, failed.slice(0, MOST_ON_RUN));
  for (const { severity, message } of failed) say(`${severity}: ${message}`);
  const errors = errorsOf(failed);
  if (errors.length === 0) return;
  const reason = told(errors);
  await objects.put(keys.report, renderChecksPage(run, results, reason), 'text/html');
  throw new DataError(reason);
}

async function note(
  { definition, facts, runId, code }: StepContext,
  { fingerprint, sample, rows, withoutTarget }: DatasetFile,
): Promise<void> {
  const runs = createRuns(facts);
  const run = { model: definition.name, runId };
  await runs.logLineage(run, {
    datasetFingerprint: fingerprint,
    codeFingerprint: code(definition),
  });
  await runs.logParameters(run, { sample, ...definition.split });
  await runs.logMetrics(run, {
    trainingRows: rows.training,
    holdoutRows: rows.holdout,
    rowsWithoutTarget: withoutTarget,
  });
}
