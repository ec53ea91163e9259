/** Thirty features of three million rows: what the bench watches. */
import { literal, type DuckDBConnection } from '../../core/data/duckdb.ts';
import { category, defineModel, number } from '../../core/model/index.ts';

export const ROWS = 3_000_000;

const NUMBERS = Array.from({ length: 22 }, (_, at) => `n${at}`);
const CATEGORIES = Array.from({ length: 8 }, (_, at) => `c${at}`);

export const watched = defineModel({
  name: 'watched',
  problem: { statement: 'Does it move?', decision: 'Look', owner: 'ops@example.com' },
  data: { time: 'at' },
  target: { kind: 'binary', column: 'y', atLeast: 1 },
  features: {
    ...Object.fromEntries(NUMBERS.map((name) => [name, number({ description: name })])),
    ...Object.fromEntries(CATEGORIES.map((name) => [name, category({ description: name })])),
  },
  split: { trainingDays: 30, holdoutDays: 10 },
  trainer: { algorithm: 'linear' },
  gate: { metric: 'auc', beatBaselineBy: 0 },
  serving: { batch: {} },
});

/** A value in (0, 1) of each row, by a hash. */
const uniform = (seed: number): string =>
  `((hash(i * 64 + ${seed}) >> 11)::double + 0.5) / 9007199254740992`;

/**
 * Writes a file: normal, skewed and whole numbers by turns, of which every fourth feature moves by
 * `shift` deviations, some values missing; and categories of 5 to 5000 values.
 */
export async function writeRows(
  connection: DuckDBConnection,
  file: string,
  shift: number,
): Promise<void> {
  const moved = (at: number): number => (at % 4 === 0 ? shift : 0);
  const seedOf = (at: number): number => at + (shift > 0 ? 32 : 0);
  const numbers = NUMBERS.map((name, at) => {
    const u = uniform(seedOf(at));
    // A logistic value is near enough to a normal one, and a logarithm cheaper.
    const value = [`ln(${u} / (1 - ${u}))`, `-ln(${u})`, `floor(${u} * 50)`][at % 3] ?? u;
    return `case when hash(i + ${at}) % 100 > 0 then ((${value}) + ${moved(at)})::float end as ${name}`;
  });
  const categories = CATEGORIES.map((name, at) => {
    const values = [5, 20, 100, 5000][at % 4] ?? 5;
    const skew = 1 + moved(at) / 2;
    return `'v' || floor(power(${uniform(seedOf(at + 22))}, ${skew}) * ${values})::int as ${name}`;
  });
  await connection.run(
    `copy (select ${[...numbers, ...categories].join(', ')} from range(${ROWS}) as rows(i))
     to ${literal(file)} (format parquet)`,
  );
}
