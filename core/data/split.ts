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
  /** Since when what is learned no longer holds, where rows enough have come since. */
  readonly declinedFrom?: Date;
}

/** The champion has become too bad, so that what came before may teach what is no longer so. */
export interface Changed {
  readonly since: Date;
  /** Fewest rows since then to learn from, and to judge by. */
  readonly rows: number;
}

/**
 * Splits by time, counted back from the newest row. Candidates are chosen on the end of the
 * training period rather than on the holdout, so that the gate judges the chosen one on rows
 * that nothing was fitted to, and on the end rather than on rows in between, since what comes
 * next resembles what came last. Where something changed a short while ago, half of what came
 * since is to learn from, the last quarter of that to choose by, and the other half judges.
 */
export function splitTimes(
  { trainingDays, holdoutDays }: TimeSplit,
  newest: Date,
  since?: Date,
): SplitTimes {
  const to = newest.getTime() + 1;
  const usual = to - holdoutDays * DAY_MS;
  const from = since?.getTime();
  const holdoutFrom = from === undefined ? usual : Math.max(usual, placeIn(from, to, 0.5));
  const trainingFrom = holdoutFrom - trainingDays * DAY_MS;
  const tenth = holdoutFrom - Math.ceil(trainingDays / 10) * DAY_MS;
  const validationFrom =
    from === undefined ? tenth : Math.max(tenth, placeIn(from, holdoutFrom, LEARNED_FROM));
  return {
    trainingFrom: new Date(trainingFrom),
    validationFrom: new Date(validationFrom),
    holdoutFrom: new Date(holdoutFrom),
    to: new Date(to),
    ...(since && { declinedFrom: since }),
  };
}

function placeIn(from: number, until: number, share: number): number {
  return Math.ceil(from + (until - from) * share);
}

/** Share of the training rows since a change that is not to choose by. */
const LEARNED_FROM = 0.75;

export interface SplitCounts {
  readonly training: number;
  readonly validation: number;
  readonly holdout: number;
}

/**
 * Finds the split of the table `rows` and counts its parts; the training part includes the
 * validation part.
 *
 * @param changed where something did not long ago; too few rows since are as if nothing had
 * @throws {DataError} if a part is empty, saying what data there is
 */
export async function splitRows(
  connection: DuckDBConnection,
  split: TimeSplit,
  asOf: Date,
  changed?: Changed,
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
  const found = new Date(Number(newest));
  const times = (await splitBehind(connection, split, found, changed)) ?? splitTimes(split, found);
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

/** Undefined where too little has come since to learn from and to judge by. */
async function splitBehind(
  connection: DuckDBConnection,
  split: TimeSplit,
  newest: Date,
  changed: Changed | undefined,
): Promise<SplitTimes | undefined> {
  if (changed === undefined || changed.since > newest) return undefined;
  const times = splitTimes(split, newest, changed.since);
  // What all training rows have in common is no news.
  if (changed.since <= times.trainingFrom) return undefined;
  const { training, validation, holdout } = await countParts(connection, {
    ...times,
    trainingFrom: changed.since,
  });
  const isEnough = Math.min(training, holdout) >= changed.rows && validation > 0;
  return isEnough ? times : undefined;
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
