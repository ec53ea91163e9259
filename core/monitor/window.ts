/** The window that is looked at: the prediction records made in it, as a table of DuckDB. */
import { join } from 'node:path';
import type { ObjectStore, StoredObject } from '../aws/objects.ts';
import { downloadAll } from '../data/dataset.ts';
import { identifier, literal, rowOf, type DuckDBConnection } from '../data/duckdb.ts';
import { jsonLines, momentOf } from '../data/json-lines.ts';
import { fromText } from '../data/scan.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { daysBetween, layout } from '../model/layout.ts';

/** `[from, to)`, in UTC. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** Returns the window of some hours that ends at a moment. */
export function windowBefore(asOf: Date, hours: number): Window {
  return { from: new Date(asOf.getTime() - hours * 3_600_000), to: asOf };
}

export interface WindowCounts {
  /** Lines that are no records. */
  readonly broken: number;
  /** Records that repeat the id of another one of the same variant. */
  readonly duplicates: number;
  /** Records without the duplicates, by whose answer they are. */
  readonly champion: number;
  readonly challenger: number;
  readonly shadow: number;
}

export interface OpenWindow {
  readonly window: Window;
  /**
   * Table of every record once: each feature by its name, and `_id`, `_version`, `_at`, `_variant`,
   * `_output` (the probability, or the value), `_decision`, and for each number and time
   * `_bad_<name>`, whether something else stood there.
   */
  readonly table: string;
  readonly counts: WindowCounts;
}

/**
 * Reads the prediction records of a window into a file of the scratch folder, so that memory does
 * not grow with them. Of records with one id, the first counts.
 *
 * @param name of the table; each window that is open has its own
 */
export async function openWindow(
  connection: DuckDBConnection,
  store: ObjectStore,
  definition: Pick<ModelDefinition, 'name' | 'features'>,
  { window, folder, name }: { window: Window; folder: string; name: string },
): Promise<OpenWindow> {
  const files = await fetchDays(store, window, folder, (day) =>
    layout.predictionsOf(definition.name, day),
  );
  const kept = join(folder, `${name}.parquet`);
  await connection.run(`
    copy (${recordsOf(definition.features, files, window)})
    to ${literal(kept)} (format parquet, row_group_size 40960)`);
  const all = `read_parquet(${literal(kept)}, file_row_number = true)`;
  const { broken, duplicates } = await dropRepeated(connection, all, name);
  await connection.run(`create view ${name} as
    select * from ${all} where _key is not null ${
      duplicates === 0 ? '' : `and file_row_number not in (select row from ${name}_repeated)`
    }`);
  return {
    window,
    table: name,
    counts: { broken, duplicates, ...(await byVariant(connection, name)) },
  };
}

/** Downloads the objects of JSON lines of every day that a window touches. */
export async function fetchDays(
  store: ObjectStore,
  { from, to }: Window,
  folder: string,
  prefixOf: (day: string) => string,
): Promise<string[]> {
  const listed: StoredObject[] = [];
  for (const day of daysBetween(from, to)) listed.push(...(await store.list(prefixOf(day))));
  const lines = listed.filter(({ key, size }) => size > 0 && /\.jsonl(\.gz)?$/.test(key));
  return (await downloadAll(store, lines, folder)).map(({ path }) => path);
}

function recordsOf(
  features: ModelDefinition['features'],
  files: readonly string[],
  { from, to }: Window,
): string {
  const names = Object.keys(features);
  const columns = {
    id: 'VARCHAR',
    version: 'INTEGER',
    at: 'TIMESTAMP',
    prediction: 'DOUBLE',
    probability: 'DOUBLE',
    variant: 'VARCHAR',
    // As text, so that one value of the wrong type is a missing value and not a failed monitor.
    features: `STRUCT(${names.map((name) => `${identifier(name)} VARCHAR`).join(', ')})`,
  };
  const values = Object.entries(features).flatMap(([name, { kind }]) => {
    const text = `features.${identifier(name)}`;
    const value = fromText(kind, text);
    // Numbers as the model takes them, so that they fall into the bins of the profile.
    const own = `${kind === 'number' ? `(${value})::float` : value} as ${identifier(name)}`;
    if (kind === 'category') return [own];
    return [
      own,
      `nullif(${text}, '') is not null and ${value} is null as ${identifier(badOf(name))}`,
    ];
  });
  return `
    select ${values.join(', ')}, id as _id, version as _version, "at" as _at,
      coalesce(variant, 'champion') as _variant, coalesce(probability, prediction) as _output,
      prediction as _decision, case when "at" is not null then hash(id, variant) end as _key
    from (${jsonLines(files, columns)})
    where id is null or "at" is null or ("at" >= ${momentOf(from)} and "at" < ${momentOf(to)})`;
}

/** Column that says whether a feature's value was there and could not be read. */
export function badOf(feature: string): string {
  return `_bad_${feature}`;
}

/** Looks for the few records that are there again by a hash of their ids, since ids are long. */
async function dropRepeated(
  connection: DuckDBConnection,
  all: string,
  name: string,
): Promise<Pick<WindowCounts, 'broken' | 'duplicates'>> {
  await connection.run(`
    create table ${name}_repeated as
    with again as (select _key from ${all} where _key is not null group by _key having count(*) > 1)
    select file_row_number as row from ${all} semi join again using (_key)
    qualify row_number() over (
      partition by _id, _variant order by _at, _version, file_row_number) > 1`);
  const { broken, duplicates } = await rowOf(
    connection,
    `select (select count(*) from ${all} where _key is null)::double as broken,
       (select count(*) from ${name}_repeated)::double as duplicates`,
  );
  return { broken: Number(broken), duplicates: Number(duplicates) };
}

async function byVariant(
  connection: DuckDBConnection,
  table: string,
): Promise<Pick<WindowCounts, 'champion' | 'challenger' | 'shadow'>> {
  const found = await rowOf(
    connection,
    `select ${['champion', 'challenger', 'shadow']
      .map((variant) => `count(*) filter (_variant = '${variant}')::double as ${variant}`)
      .join(', ')} from ${table}`,
  );
  return {
    champion: Number(found['champion']),
    challenger: Number(found['challenger']),
    shadow: Number(found['shadow']),
  };
}
