/** Rows in, records of what was predicted out: the same for every way of serving online. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Problem } from '../model/problem.ts';
import type { PredictionRecord } from '../model/records.ts';
import { InvalidRowsError } from './errors.ts';
import { recordOf } from './records.ts';
import type { ServedModel } from './served-model.ts';
import type { ReadOptions } from './validate.ts';

export interface RowsToPredict extends ReadOptions {
  readonly rows: readonly unknown[];
  /** One a row. */
  readonly ids: readonly string[];
  readonly at: Date;
  /** What is wrong already, to be told together with what is found. */
  readonly problems?: readonly Problem[];
}

/** @throws {InvalidRowsError} if anything is wrong with any row; then none is predicted */
export async function predictRows(
  model: ServedModel,
  { serving }: Pick<ModelDefinition, 'serving'>,
  { rows, ids, at, problems = [], ...options }: RowsToPredict,
): Promise<PredictionRecord[]> {
  const read = model.readRows(rows, options);
  const found = [...problems, ...read.rejected.flatMap((row) => row.problems)];
  if (found.length > 0) throw new InvalidRowsError(found);
  const predictions = await model.predict(read.batch);
  const context = {
    model: model.model,
    version: model.version,
    source: 'online',
    entityFeature: serving.entity,
  } as const;
  const arrived = at.toISOString();
  return predictions.map((prediction, row) =>
    recordOf(context, { id: ids[row]!, at: arrived, features: read.features[row]!, prediction }),
  );
}

/** @throws {InvalidRowsError} if there are none, or more than one request may have */
export function requireRowCount(
  { serving }: Pick<ModelDefinition, 'serving'>,
  rows: number,
  pointer: string,
): void {
  const most = serving.online?.maximumRows ?? 1;
  if (rows >= 1 && rows <= most) return;
  const expected = `1 to ${most} rows in one request`;
  throw new InvalidRowsError([{ pointer, got: `${rows} rows`, expected }]);
}
