/** From a model's data files to one checked table in DuckDB. */
import { createHash } from 'node:crypto';
import type { ModelDefinition } from '../model/definition.ts';
import type { LocalFile } from './dataset.ts';
import { identifier, literal, rowOf, rowsOf, type DuckDBConnection } from './duckdb.ts';
import { DataError } from './errors.ts';
import { addRolling, rollingColumns } from './rolling.ts';
import { sentFeatures } from '../model/rolling-features.ts';
import { planScan, type CheckedColumn, type Scan, type WantedColumn } from './scan.ts';

export type DataDeclaration = Pick<
  ModelDefinition,
  'name' | 'data' | 'features' | 'rolling' | 'labels' | 'target'
>;

export interface LoadOptions {
  readonly definition: DataDeclaration;
  readonly files: readonly LocalFile[];
  /** Only rows from before this moment. */
  readonly before: Date;
  /** Share of rows to keep, chosen by a hash of where they lie. @default 1 */
  readonly sample?: number;
  /** Values that do not read as declared are an error, or missing values. @default 'error' */
  readonly unreadable?: 'error' | 'missing';
}

export interface Loaded {
  /** Rows in the table. */
  readonly rows: number;
  /** Rows that were left out since their target is null. */
  readonly withoutTarget: number;
  /** What did not read as declared and was taken for missing; in sentences. */
  readonly unreadable: readonly string[];
}

/**
 * Creates the table `rows`: every feature by its name (numbers FLOAT, categories VARCHAR, times
 * DOUBLE in milliseconds), `_time`, `_target` as the model predicts it, and `_key` and `_row`,
 * where each row came from; and `_weight` where the declaration names a column for it.
 *
 * @throws {DataError} naming the file, the column and offending values
 */
export async function loadRows(
  connection: DuckDBConnection,
  { definition, files, before, sample = 1, unreadable = 'error' }: LoadOptions,
): Promise<Loaded> {
  const wanted = trainingColumns(definition);
  const scans: Scan[] = [];
  for (const file of files) {
    scans.push(await planScan(connection, definition.data.format, file, wanted));
  }
  const rolls = Object.keys(definition.rolling).length > 0;
  const union = scans
    .map(({ file: { key }, sql }) => {
      const kept = sample < 1 ? isSampled(key, sample) : 'true';
      // What rows left behind counts for others, also where they are not in the sample themselves.
      return rolls
        ? `select *, ${literal(key)} as _key, ${kept} as _kept from (${sql})`
        : `select *, ${literal(key)} as _key from (${sql}) where ${kept}`;
    })
    .join(' union all ');
  // Rows without a time stay until they have been reported.
  await connection.run(`
    create table loaded as select * from (${union})
    where _time is null or _time < ${before.getTime()}`);
  const problems = await checkTexts(connection, scans);
  if (problems[0] !== undefined && unreadable === 'error') throw new DataError(problems[0]);
  await checkTimes(connection, definition.data.time);
  await checkClasses(connection, definition);
  await checkWeights(connection, definition.data.weight);
  if (rolls) await roll(connection, definition);
  const { total } = await rowOf(connection, 'select count(*)::double as total from loaded');
  await connection.run(`
    create table rows as select * replace (${targetOf(definition)} as _target)
    from loaded where _target is not null`);
  await connection.run('drop table loaded');
  const { rows } = await rowOf(connection, 'select count(*)::double as rows from rows');
  return {
    rows: Number(rows),
    withoutTarget: Number(total) - Number(rows),
    unreadable: problems,
  };
}

/** Adds the rolling features, and leaves the sample. */
async function roll(connection: DuckDBConnection, definition: DataDeclaration): Promise<void> {
  await addRolling(connection, 'loaded', definition);
  await connection.run(`
    create or replace table loaded as
    select * exclude (${['_kept', ...rollingColumns(definition).map(({ as }) => as)].join(', ')})
    from loaded where _kept`);
}

/** The features of the data as wanted columns, under their own names. */
export function featureColumns(
  definition: Pick<ModelDefinition, 'features' | 'rolling'>,
): WantedColumn[] {
  return Object.entries(sentFeatures(definition)).map(([name, { kind }]) => ({
    column: name,
    kind,
    as: name,
  }));
}

/**
 * SQL of whether a row is in the sample: multiplicative hash of its number `_row` (Knuth, The Art
 * of Computer Programming 3, 6.4), moved by a hash of its file's key. Spreads evenly, costs one
 * multiplication.
 */
export function isSampled(key: string, share: number): string {
  const offset = createHash('sha256').update(key).digest().readUInt32BE();
  const kept = Math.round(share * 2 ** 32);
  return `((_row * 2654435761 + ${offset}) & 4294967295) < ${kept}`;
}

function trainingColumns(definition: DataDeclaration): WantedColumn[] {
  const { data, target } = definition;
  return [
    ...featureColumns(definition),
    ...rollingColumns(definition),
    { column: data.time, kind: 'timestamp', as: '_time' },
    {
      column: target.column,
      kind: target.kind === 'multiclass' ? 'category' : 'number',
      as: '_target',
    },
    ...(data.weight === undefined
      ? []
      : [{ column: data.weight, kind: 'number', as: '_weight' } as const]),
  ];
}

async function checkWeights(connection: DuckDBConnection, column?: string): Promise<void> {
  if (column === undefined) return;
  const { wrong } = await rowOf(
    connection,
    'select count(*)::double as wrong from loaded where not coalesce(_weight > 0, false)',
  );
  if (Number(wrong) === 0) return;
  throw new DataError(
    `weight column '${column}' is empty or not above 0 in ${Number(wrong)} rows; ` +
      'give every row a weight, 1 if it is like the others',
  );
}

/** SQL of the target as the model predicts it, from the column's value `_target`. */
export function targetOf({ target }: Pick<ModelDefinition, 'target'>): string {
  if (target.kind === 'regression') return '_target';
  if (target.kind === 'binary') return `(_target >= ${target.atLeast})::int::double`;
  const classes = target.classes.map(literal).join(', ');
  return `(list_position([${classes}], _target) - 1)::double`;
}

async function checkClasses(
  connection: DuckDBConnection,
  { target }: DataDeclaration,
): Promise<void> {
  if (target.kind !== 'multiclass') return;
  const classes = target.classes.map(literal).join(', ');
  const found = await rowsOf(
    connection,
    `select _target as value, count(*)::double as total from loaded
     where _target not in (${classes}) group by 1 order by 2 desc, 1 limit 3`,
  );
  if (found.length === 0) return;
  const shown = found.map(({ value, total }) => `'${String(value)}' (${Number(total)} rows)`);
  throw new DataError(
    `target column '${target.column}' has values that are no declared class: ${shown.join(', ')}; ` +
      'add them to its classes, or correct the data',
  );
}

/** Looks for values that are there but do not read as what was declared; one pass a file. */
async function checkTexts(connection: DuckDBConnection, scans: readonly Scan[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { file, raw, checked } of scans) {
    if (checked.length === 0) continue;
    const counts = checked.map(
      (column, at) => `count(*) filter (${isBad(column)})::double as ${identifier(`bad_${at}`)}`,
    );
    const found = await rowOf(connection, `select ${counts.join(', ')} from (${raw})`);
    for (const [at, column] of checked.entries()) {
      const total = Number(found[`bad_${at}`]);
      if (total > 0) problems.push(await badValues(connection, file, raw, column, total));
    }
  }
  return problems;
}

function isBad({ column, value }: CheckedColumn): string {
  return `nullif(${identifier(column)}::varchar, '') is not null and ${value} is null`;
}

async function badValues(
  connection: DuckDBConnection,
  { key }: LocalFile,
  raw: string,
  checked: CheckedColumn,
  total: number,
): Promise<string> {
  const { column, kind } = checked;
  const found = await rowsOf(
    connection,
    `select _row::double as row, ${identifier(column)}::varchar as value
     from (${raw}) where ${isBad(checked)} order by _row limit 3`,
  );
  const shown = found.map(({ row, value }) => `'${String(value)}' in row ${Number(row)}`);
  return (
    `column '${column}' of '${key}' has ${total} values that are no ${kind}: ` +
    `${shown.join(', ')}; correct them, or leave them empty where they are unknown`
  );
}

async function checkTimes(connection: DuckDBConnection, column: string): Promise<void> {
  const found = await rowsOf(
    connection,
    `select _key as key, _row::double as row, count(*) over ()::double as total
     from loaded where _time is null order by _key, _row limit 1`,
  );
  const [first] = found;
  if (first === undefined) return;
  throw new DataError(
    `time column '${column}' is empty in ${Number(first['total'])} rows, the first in row ` +
      `${Number(first['row'])} of '${String(first['key'])}'; every row needs a time to be split by`,
  );
}
