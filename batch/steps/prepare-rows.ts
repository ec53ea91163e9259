/** From the objects of a dataset to the rows that a run learns from and is judged by. */
import { join } from 'node:path';
import type { CheckResult } from '../../core/data/checks/check.ts';
import { checkLeakage } from '../../core/data/checks/leakage.ts';
import { runChecks, unreadableResults } from '../../core/data/checks/run-checks.ts';
import { fingerprintOf, type LocalFile } from '../../core/data/dataset.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { loadRows } from '../../core/data/load.ts';
import { readPrepared, writePrepared } from '../../core/data/prepared.ts';
import { profileOf, type DataProfile } from '../../core/data/profile.ts';
import { type Changed, splitRows } from '../../core/data/split.ts';
import type { DatasetFile } from '../../core/pipeline/run-files.ts';
import { fitBaseline } from '../../core/train/baseline.ts';
import { auc } from '../../core/train/metrics/auc.ts';
import type { StepContext } from '../step.ts';
import { duckDbFor } from './sizes.ts';

export interface Prepared {
  readonly dataset: DatasetFile;
  readonly profile: DataProfile;
  readonly checks: readonly CheckResult[];
}

/**
 * Reads the rows of some files, splits them by time, checks and profiles them, and leaves them as
 * `train.parquet` and `holdout.parquet` in the scratch folder. Same rows, same bytes.
 *
 * @param changed since when performance has declined
 * @throws {DataError} if they cannot be used as declared
 */
export async function prepareRows(
  { definition, asOf, scratch, say }: Pick<StepContext, 'definition' | 'asOf' | 'scratch' | 'say'>,
  files: readonly LocalFile[],
  sample: number,
  changed?: Changed,
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
    const { times, counts } = await splitRows(connection, definition.split, asOf, changed);
    const training = join(scratch, 'train.parquet');
    const holdout = join(scratch, 'holdout.parquet');
    const found = await runChecks(connection, definition, times);
    await writePrepared(connection, definition.features, times, { training, holdout });
    const since = times.declinedFrom?.toISOString();
    say(
      `split at ${times.holdoutFrom.toISOString()}` +
        (since === undefined ? '' : `; performance declines since ${since}`),
    );
    const dataset: DatasetFile = {
      fingerprint: fingerprintOf(files),
      objects: files.map(({ key, sha256 }) => ({ key, sha256 })),
      sample,
      trainingFrom: times.trainingFrom.toISOString(),
      validationFrom: times.validationFrom.toISOString(),
      holdoutFrom: times.holdoutFrom.toISOString(),
      to: times.to.toISOString(),
      ...(since !== undefined && { declinedFrom: since }),
      rows: counts,
      withoutTarget: loaded.withoutTarget,
    };
    const columns = await readPrepared(connection, definition.features, training);
    const checks = [
      ...unreadableResults(loaded.unreadable, definition),
      ...found,
      ...checkLeakage(columns, definition, auc),
    ];
    const profile = {
      ...profileOf(columns, definition),
      ...(definition.target.kind !== 'multiclass' && {
        baseline: fitBaseline(definition.baseline, columns).means(),
      }),
    };
    return { dataset, profile, checks };
  });
}
