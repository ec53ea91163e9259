/** Fits one candidate to the rows of a run; the same rows, parameters and seed give the same file. */
import { join } from 'node:path';
import type { Columns } from '../../core/data/columns.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { readPrepared } from '../../core/data/prepared.ts';
import type { CandidateFile } from '../../core/pipeline/evaluation.ts';
import type { DatasetFile } from '../../core/pipeline/run-files.ts';
import { TRAINERS } from '../../core/train/trainers.ts';
import type { FittedModel } from '../../core/train/trainer.ts';
import type { StepContext } from '../step.ts';
import { duckDbFor } from './sizes.ts';

export interface Parts {
  readonly training: Columns;
  /** Those of the training rows that came since performance declined, if it does. */
  readonly recent?: Columns;
  readonly validation: Columns;
  readonly holdout: Columns;
}

/** Rows of the scratch folder, as `prepareRows` left them. */
export async function readParts(
  { definition, scratch }: Pick<StepContext, 'definition' | 'scratch'>,
  { validationFrom, declinedFrom }: Pick<DatasetFile, 'validationFrom' | 'declinedFrom'>,
): Promise<Parts> {
  const cut = new Date(validationFrom);
  const [train, judge] = [join(scratch, 'train.parquet'), join(scratch, 'holdout.parquet')];
  return withDuckDb(duckDbFor(definition.trainer.job, scratch), async (connection) => {
    const { features } = definition;
    const recent =
      declinedFrom === undefined
        ? undefined
        : await readPrepared(connection, features, train, {
            from: new Date(declinedFrom),
            to: cut,
          });
    return {
      ...(recent && { recent }),
      training: await readPrepared(connection, features, train, { to: cut }),
      validation: await readPrepared(connection, features, train, { from: cut }),
      holdout: await readPrepared(connection, features, judge),
    };
  });
}

export async function fitCandidate(
  { definition, candidate, say }: Pick<StepContext, 'definition' | 'candidate' | 'say'>,
  parameters: CandidateFile['parameters'],
  { training, validation }: Pick<Parts, 'training' | 'validation'>,
  // Any number gives the same model; a job uses what it has.
  threads = Math.max(1, Math.floor(definition.trainer.job.vcpus)),
): Promise<FittedModel> {
  const { trees = definition.trainer.parameters.trees } = parameters;
  const every = Math.max(1, Math.round(trees / 10));
  say(`candidate ${candidate}: ${JSON.stringify(parameters)} on ${training.rows} rows`);
  return TRAINERS[definition.trainer.algorithm].fit({
    task: definition,
    training,
    validation,
    parameters,
    seed: definition.trainer.seed,
    patience: definition.trainer.patience,
    threads,
    onProgress: ({ iteration, validationLoss }) => {
      if (iteration % every !== 0) return;
      const loss =
        validationLoss === undefined ? '' : `, validation loss ${validationLoss.toFixed(4)}`;
      say(`candidate ${candidate}: ${iteration}/${trees}${loss}`);
    },
  });
}
