/** Rows in, records of what was predicted out, by the champion or the challenger. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Problem } from '../model/problem.ts';
import type { PredictionRecord } from '../model/records.ts';
import type { Signature } from '../model/signature.ts';
import { InvalidRowsError } from './errors.ts';
import type { Challenger } from './model-server.ts';
import { isPlainObject } from './problems.ts';
import { recordOf } from './records.ts';
import type { ServedModel } from './served-model.ts';
import { isChallenged } from './traffic.ts';
import type { Features, ReadOptions, ReadRows } from './validate.ts';

export type RowCompleter = (read: ReadRows, signature: Signature) => Promise<ReadRows>;

export interface RowsToPredict extends ReadOptions {
  readonly rows: readonly unknown[];
  /** One a row. */
  readonly ids: readonly string[];
  readonly at: Date;
  /** Completes rows that were read by what is known beside them. @default they are complete */
  readonly complete?: RowCompleter | undefined;
  /** What is wrong already, to be told together with what is found. */
  readonly problems?: readonly Problem[];
}

export interface PredictedRows {
  /** One a row, in their order. */
  readonly records: readonly PredictionRecord[];
  /** Why the champion answered for rows that were the challenger's. */
  readonly fault?: unknown;
}

type Definition = Pick<ModelDefinition, 'name' | 'serving'>;

/**
 * Predicts rows, those of the challenger's share by the challenger.
 *
 * @throws {InvalidRowsError} if anything is wrong with any row; then none is predicted
 */
export function predictRows(
  champion: ServedModel,
  challenger: Challenger | undefined,
  definition: Definition,
  rows: RowsToPredict,
): Promise<PredictedRows> {
  const theirs =
    challenger?.traffic.kind === 'canary' ? challengedRows(definition, challenger, rows) : [];
  return challenger && theirs.length > 0
    ? predictShared(champion, challenger.model, definition, rows, theirs)
    : predictBy(champion, definition, rows);
}

/** @param theirs positions of the challenger's rows */
async function predictShared(
  champion: ServedModel,
  challenger: ServedModel,
  definition: Definition,
  rows: RowsToPredict,
  theirs: readonly number[],
): Promise<PredictedRows> {
  const ours = [...rows.rows.keys()].filter((row) => !theirs.includes(row));
  const [first, second] = [subset(rows, ours), subset(rows, theirs)];
  try {
    const answered = await Promise.all([
      predictBy(champion, definition, first),
      predictBy(challenger, definition, second, 'challenger'),
    ]);
    const all = answered.flatMap(({ records }) => records);
    const records: PredictionRecord[] = [];
    for (const [at, row] of [...ours, ...theirs].entries()) records[row] = all[at]!;
    return { records };
  } catch (fault) {
    // A challenger that fails costs nobody an answer.
    const answered = await predictBy(champion, definition, rows);
    return fault instanceof InvalidRowsError ? answered : { ...answered, fault };
  }
}

/** Predicts the challenger's share of the rows beside the champion, for the record only. */
export async function predictShadow(
  { model, traffic }: Challenger,
  definition: Definition,
  rows: RowsToPredict,
): Promise<readonly PredictionRecord[]> {
  const theirs = challengedRows(definition, { traffic }, rows);
  if (theirs.length === 0) return [];
  const { records } = await predictBy(model, definition, subset(rows, theirs), 'shadow');
  return records;
}

async function predictBy(
  model: ServedModel,
  definition: Definition,
  asked: RowsToPredict,
  variant?: PredictionRecord['variant'],
): Promise<PredictedRows> {
  const { rows, ids, at, problems = [], complete } = asked;
  const sent = model.readRows(rows, asked);
  if (problems.length > 0 || sent.rejected.length > 0) {
    throw new InvalidRowsError([...problems, ...sent.rejected.flatMap((row) => row.problems)]);
  }
  if (sent.accepted.length === 0) return { records: [] };
  const read = complete ? await complete(sent, model.signature) : sent;
  const predictions = await model.predict(read.batch);
  const { features } = read;
  return { records: recordsOf(model, definition, { ids, at, variant, features, predictions }) };
}

interface Answered {
  readonly ids: readonly string[];
  readonly at: Date;
  readonly features: readonly Features[];
  readonly predictions: Awaited<ReturnType<ServedModel['predict']>>;
  readonly variant?: PredictionRecord['variant'];
}

/** What is kept of answers: one record a row. */
export function recordsOf(
  { model, version }: Pick<ServedModel, 'model' | 'version'>,
  { serving }: Definition,
  { ids, at, features, predictions, variant }: Answered,
): PredictionRecord[] {
  const entityFeature = serving.entity;
  const context = { model, version, source: 'online', variant, entityFeature } as const;
  const arrived = at.toISOString();
  return predictions.map((prediction, row) =>
    recordOf(context, { id: ids[row]!, at: arrived, features: features[row]!, prediction }),
  );
}

/** Positions of the rows that are the challenger's. */
function challengedRows(
  { name, serving }: Definition,
  { traffic }: Pick<Challenger, 'traffic'>,
  { rows, ids }: RowsToPredict,
): number[] {
  return [...rows.keys()].filter((row) =>
    isChallenged(name, entityOf(rows[row], serving.entity) ?? ids[row]!, traffic),
  );
}

/** What a row is about; undefined if it does not say. */
export function entityOf(row: unknown, feature: string | undefined): string | undefined {
  if (feature === undefined || !isPlainObject(row) || !Object.hasOwn(row, feature)) {
    return undefined;
  }
  const value = row[feature];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Some of the rows, whose problems still point at where they stand in the request. */
function subset(rows: RowsToPredict, positions: readonly number[]): RowsToPredict {
  const { pointerOf } = rows;
  return {
    ...rows,
    rows: positions.map((row) => rows.rows[row]),
    ids: positions.map((row) => rows.ids[row]!),
    ...(pointerOf && { pointerOf: (row: number) => pointerOf(positions[row]!) }),
  };
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
