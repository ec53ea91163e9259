/** Which rows train a model, which choose among candidates, and which judge. */
import type { TimeSplit } from '../model/definition.ts';
import { rowOf, type DuckDBConnection } from './duckdb.ts';
import { DataError } from './errors.ts';

const DAY_MS = 86_400_000;

/** Three periods `[from, to)` that follow each other; the newest judges. */
export interface SplitTimes {
  readonly trainingFrom: Date;
  /** The last tenth of the training days, that chooses among candidates. */
  readonly validationFrom: Date;
  readonly holdoutFrom: Date;
  /** Just after the newest row. */
  readonly to: Date;
}

/**
 * Splits by time, counted back from the newest row. Candidates are chosen on the end of the
 * training period rather than on the holdout, so that the gate judges the chosen one on rows
 * that nothing was fitted to, and on the end rather than on rows in between, since what comes
 * next resembles what came last.
 */
export function splitTimes({ trainingDays, holdoutDays }: TimeSplit, newest: Date): SplitTimes {
  const to = newest.getTime() + 1;
  const holdoutFrom = to - holdoutDays * DAY_MS;
  return {
    trainingFrom: new Date(holdoutFrom - trainingDays * DAY_MS),
    validationFrom: new Date(holdoutFrom - Math.ceil(trainingDays / 10) * DAY_MS),
    holdoutFrom: new Date(holdoutFrom),
    to: new Date(to),
  };
}

export interface SplitCounts {
  readonly training: number;
  readonly validation: number;
  readonly holdout: number;
}

/**
 * Finds the split of the table `rows` and counts its parts; the training part includes the
 * validation part.
 *
 * @throws {DataError} if a part is empty, saying what data there is
 */
export async function splitRows(
  connection: DuckDBConnection,
  split: TimeSplit,
  asOf: Date,
): Promise<{ times: SplitTimes; counts: SplitCounts }> {
  const { oldest, newest } = await rowOf(
    connection,
    'select min(_time) as oldest, max(_time) as newest from rows',
  );
  if (oldest === null || newest === null) {
    throw new DataError(
      `there are no rows with a target from before ${asOf.toISOString()}; ` +
        'add older data, or take a later as-of',
    );
  }
  const times = splitTimes(split, new Date(Number(newest)));
  const counts = await countParts(connection, times);
  const empty = Object.entries(counts).find(([, rows]) => rows === 0);
  if (empty !== undefined) {
    throw new DataError(
      `the ${empty[0]} part of the split is empty: there are rows from ` +
        `${new Date(Number(oldest)).toISOString()} to ${new Date(Number(newest)).toISOString()}, ` +
        `and ${split.trainingDays} days of training and ${split.holdoutDays} of holdout are declared; ` +
        'add older data, or declare fewer days',
    );
  }
  return { times, counts };
}

async function countParts(
  connection: DuckDBConnection,
  { trainingFrom, validationFrom, holdoutFrom, to }: SplitTimes,
): Promise<SplitCounts> {
  const found = await rowOf(
    connection,
    `select ${between(trainingFrom, holdoutFrom)} as training,
      ${between(validationFrom, holdoutFrom)} as validation,
      ${between(holdoutFrom, to)} as holdout from rows`,
  );
  return {
    training: Number(found['training']),
    validation: Number(found['validation']),
    holdout: Number(found['holdout']),
  };
}

function between(from: Date, until: Date): string {
  return `count(*) filter (_time >= ${from.getTime()} and _time < ${until.getTime()})::double`;
}
