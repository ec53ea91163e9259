/** First step of training: bring the data, check it, split it, profile it. */
import { join } from 'node:path';
import {
  downloadAll,
  fingerprintOf,
  listDataset,
  newestDays,
  type LocalFile,
} from '../../core/data/dataset.ts';
import type { CheckResult } from '../../core/data/checks/check.ts';
import { checkLeakage } from '../../core/data/checks/leakage.ts';
import { errorsOf, runChecks, told, unreadableResults } from '../../core/data/checks/run-checks.ts';
import { DataError } from '../../core/data/errors.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { loadRows } from '../../core/data/load.ts';
import { readPrepared, writePrepared } from '../../core/data/prepared.ts';
import { profileOf, type DataProfile } from '../../core/data/profile.ts';
import { splitRows } from '../../core/data/split.ts';
import { renderChecksPage } from '../../core/pipeline/checks-page.ts';
import { parseTrainOptions } from '../../core/pipeline/options.ts';
import { runFiles, writeJson, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { auc } from '../../core/train/metrics/auc.ts';
import type { StepAction, StepContext } from '../step.ts';
import { duckDbFor } from './sizes.ts';

export const prepare: StepAction = async (context) => {
  const { definition, objects, asOf, scratch, say } = context;
  const { sample = 1 } = parseTrainOptions(context.options);
  const { trainingDays, holdoutDays } = definition.split;
  const found = newestDays(await listDataset(objects, definition), {
    to: asOf,
    days: trainingDays + holdoutDays,
  });
  say(`reading ${found.length} objects from before ${asOf.toISOString()}`);
  const files = await downloadAll(objects, found, scratch);
  const keys = runFiles({ model: definition.name, runId: context.runId });
  await writeJson(objects, keys.definition, definition);
  const { dataset, profile, checks } = await splitAndProfile(context, files, sample);
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

interface Prepared {
  readonly dataset: DatasetFile;
  readonly profile: DataProfile;
  readonly checks: readonly CheckResult[];
}

async function splitAndProfile(
  { definition, asOf, scratch, say }: StepContext,
  files: readonly LocalFile[],
  sample: number,
): Promise<Prepared> {
  return withDuckDb(duckDbFor(definition.trainer.job, scratch), async (connection) => {
    const loaded = await loadRows(connection, {
      definition,
      files,
      before: asOf,
      sample,
      unreadable: definition.checks.schema.severity === 'error' ? 'error' : 'missing',
    });
    say(
      `read ${loaded.rows} rows` +
        (sample < 1 ? ` (a sample of ${sample * 100} %)` : '') +
        (loaded.withoutTarget > 0 ? `; left out ${loaded.withoutTarget} without a target` : ''),
    );
    const { times, counts } = await splitRows(connection, definition.split, asOf);
    const training = join(scratch, 'train.parquet');
    const holdout = join(scratch, 'holdout.parquet');
    const found = await runChecks(connection, definition, times);
    await writePrepared(connection, definition.features, times, { training, holdout });
    say(`split at ${times.holdoutFrom.toISOString()}`);
    const dataset: DatasetFile = {
      fingerprint: fingerprintOf(files),
      objects: files.map(({ key, sha256 }) => ({ key, sha256 })),
      sample,
      trainingFrom: times.trainingFrom.toISOString(),
      validationFrom: times.validationFrom.toISOString(),
      holdoutFrom: times.holdoutFrom.toISOString(),
      to: times.to.toISOString(),
      rows: counts,
      withoutTarget: loaded.withoutTarget,
    };
    const columns = await readPrepared(connection, definition.features, training);
    const checks = [
      ...unreadableResults(loaded.unreadable, definition),
      ...found,
      ...checkLeakage(columns, definition, auc),
    ];
    return { dataset, profile: profileOf(columns, definition), checks };
  });
}

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
  await createRuns(facts).logChecks(run, failed);
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
