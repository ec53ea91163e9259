/** What is in a table of rows, counted in one pass over the bins of a reference profile. */
import { deriveNumber } from '../data/derived.ts';
import { identifier, rowOf, rowsOf, type DuckDBConnection } from '../data/duckdb.ts';
import type { DataProfile, NumberProfile } from '../data/profile.ts';
import { type CountedNumbers, countNumbers, type NumberCounter } from '../data/sketch.ts';
import { streamNumbers } from '../data/stream-numbers.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { CYCLES } from '../model/features.ts';

export interface CountedCategories {
  readonly missing: number;
  /** Rows by value: those of the profile, and the most frequent others. */
  readonly counts: ReadonlyMap<string, number>;
  /** Rows with a value that is not in `counts`. */
  readonly other: number;
}

export interface Summary {
  readonly rows: number;
  /** By feature and derived feature; a time is only missing or not. */
  readonly numbers: Readonly<Record<string, CountedNumbers>>;
  readonly categories: Readonly<Record<string, CountedCategories>>;
}

type Summarised = Pick<ModelDefinition, 'features' | 'derived'>;

/**
 * Counts the features of a table, numbers over the edges of the profile. Two passes: one over all
 * numbers, and one a category. O(rows × features), in memory that grows with neither.
 *
 * @param from table, or what stands in its place
 * @param profile without it, nothing has bins
 */
export async function summarise(
  connection: DuckDBConnection,
  definition: Summarised,
  from: string,
  profile: DataProfile | undefined,
): Promise<Summary> {
  const { rows } = await rowOf(connection, `select count(*)::double as rows from ${from}`);
  const counters = countersOf(definition, profile);
  const read = Object.keys(counters.byColumn);
  await streamNumbers(connection, read.map(identifier), `from ${from}`, (columns) => {
    for (const [at, name] of read.entries()) {
      for (const count of counters.byColumn[name]!) count(columns[at]!);
    }
  });
  const categories: Record<string, CountedCategories> = {};
  for (const [name, { kind }] of Object.entries(definition.features)) {
    if (kind === 'category')
      categories[name] = await countCategory(connection, name, from, profile);
  }
  return {
    rows: Number(rows),
    numbers: Object.fromEntries(
      Object.entries(counters.counters).map(([name, counter]) => [name, counter.counted()]),
    ),
    categories,
  };
}

type Count = (values: Float64Array) => void;

/** What is counted of each column that is read; of a time also what is derived from it. */
function countersOf(
  { features, derived }: Summarised,
  profile: DataProfile | undefined,
): { counters: Record<string, NumberCounter>; byColumn: Record<string, Count[]> } {
  const counters: Record<string, NumberCounter> = {};
  const byColumn: Record<string, Count[]> = {};
  for (const [name, feature] of Object.entries(features)) {
    if (feature.kind === 'category') continue;
    const counter = countNumbers(edgesOf(profile, name), feature.kind === 'number' ? feature : {});
    counters[name] = counter;
    byColumn[name] = [(values) => counter.add(values)];
  }
  for (const [name, { from, kind }] of Object.entries(derived)) {
    const counter = countNumbers(edgesOf(profile, name));
    counters[name] = counter;
    byColumn[from]?.push((times) => counter.add(deriveNumber(times, CYCLES[kind])));
  }
  return { counters, byColumn };
}

function edgesOf(profile: DataProfile | undefined, name: string): readonly number[] {
  const feature = profile?.features[name];
  return feature?.kind === 'number' ? sketchEdgesOf(feature) : [];
}

/** Profiles of before there were sketches have ten bins. */
export function sketchEdgesOf({ sketch, edges }: NumberProfile): readonly number[] {
  return (sketch ?? { edges }).edges;
}

/** More values than are worth a look by themselves. */
const MOST_VALUES = 10_000;

async function countCategory(
  connection: DuckDBConnection,
  name: string,
  from: string,
  profile: DataProfile | undefined,
): Promise<CountedCategories> {
  const column = identifier(name);
  const { rows, missing } = await rowOf(
    connection,
    `select count(*)::double as rows, count(*) filter (coalesce(${column}, '') = '')::double as missing
     from ${from}`,
  );
  const feature = profile?.features[name];
  const known = feature?.kind === 'category' ? Object.keys(feature.counts) : [];
  const found = await rowsOf(
    connection,
    `select ${column} as value, count(*)::double as rows from ${from}
     where ${column} <> '' group by 1 order by 2 desc, 1 limit ${MOST_VALUES + known.length}`,
  );
  const counts = new Map(found.map((row) => [String(row['value']), Number(row['rows'])]));
  let named = 0;
  for (const count of counts.values()) named += count;
  return { missing: Number(missing), counts, other: Number(rows) - Number(missing) - named };
}
