/** The current window: what was predicted in it, and the labels that have come since. */
import type { ObjectStore, StoredObject } from '../aws/objects.ts';
import type { Columns } from '../data/columns.ts';
import { downloadAll } from '../data/dataset.ts';
import { identifier, literal, type DuckDBConnection } from '../data/duckdb.ts';
import { readColumns } from '../data/read.ts';
import { fromText } from '../data/scan.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { daysBetween, layout } from '../model/layout.ts';

/** `[from, to)`, in UTC. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

export interface WindowRows {
  /** Every prediction of the champion once, by its id. */
  readonly columns: Columns;
  /** The version that made each prediction. */
  readonly version: Float64Array;
  /** The probability, or the value where the model gives one. */
  readonly output: Float64Array;
  /** NaN where no label has come. */
  readonly label: Float64Array;
}

/** Returns the window of some hours that ends at a moment. */
export function windowBefore(asOf: Date, hours: number): Window {
  return { from: new Date(asOf.getTime() - hours * 3_600_000), to: asOf };
}

/**
 * Reads the prediction records of a window and the newest label of each that arrived before the
 * window's end.
 */
export async function readWindow(
  connection: DuckDBConnection,
  store: ObjectStore,
  { name, features }: Pick<ModelDefinition, 'name' | 'features'>,
  window: Window,
  folder: string,
): Promise<WindowRows> {
  const predictions = await fetchDays(store, window, folder, (day) =>
    layout.predictionsOf(name, day),
  );
  const labels = await fetchDays(store, window, folder, (day) => layout.labelsOf(name, day));
  await createPredictions(connection, features, predictions, window);
  await createLabels(connection, labels, window);
  await connection.run(`
    create table current_window as select predictions.*, labels.label as _label
    from predictions left join labels on predictions._id = labels.id`);
  const { columns, extra } = await readColumns(connection, {
    features,
    from: 'current_window',
    extra: { version: '_version', output: '_output', label: '_label' },
    orderBy: '_at, _id',
  });
  const { version = new Float64Array(), output = version, label = version } = extra;
  return { columns, version, output, label };
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

async function createPredictions(
  connection: DuckDBConnection,
  features: ModelDefinition['features'],
  files: readonly string[],
  window: Window,
): Promise<void> {
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
  const values = Object.entries(features).map(
    ([name, { kind }]) =>
      `${fromText(kind, `features.${identifier(name)}`)} as ${identifier(name)}`,
  );
  await connection.run(`
    create table predictions as
    select ${values.join(', ')}, id as _id, version as _version, "at" as _at,
      coalesce(probability, prediction) as _output
    from (${linesOf(files, columns)})
    where variant is null and "at" >= ${moment(window.from)} and "at" < ${moment(window.to)}
    qualify row_number() over (partition by id order by "at", version) = 1`);
}

async function createLabels(
  connection: DuckDBConnection,
  files: readonly string[],
  window: Window,
): Promise<void> {
  const columns = { id: 'VARCHAR', at: 'TIMESTAMP', label: 'DOUBLE' };
  await connection.run(`
    create table labels as select id, arg_max(label, "at") as label
    from (${linesOf(files, columns)}) where "at" < ${moment(window.to)} group by id`);
}

/** JSON lines as rows; an empty table of the same columns where there are no files. */
function linesOf(files: readonly string[], columns: Readonly<Record<string, string>>): string {
  if (files.length === 0) {
    const none = Object.entries(columns).map(
      ([name, type]) => `null::${type} as ${identifier(name)}`,
    );
    return `select ${none.join(', ')} limit 0`;
  }
  const types = Object.entries(columns).map(
    ([name, type]) => `${identifier(name)}: ${literal(type)}`,
  );
  return (
    `select * from read_json([${files.map(literal).join(', ')}], ` +
    `format = 'newline_delimited', columns = {${types.join(', ')}}, hive_partitioning = false)`
  );
}

function moment(at: Date): string {
  return `timestamp ${literal(at.toISOString().replace('Z', ''))}`;
}
