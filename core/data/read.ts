/** From a table in DuckDB to columns in memory. */
import type { ModelDefinition } from '../model/definition.ts';
import type { CategoryColumn, Columns } from './columns.ts';
import { identifier, rowOf, rowsOf, type DuckDBConnection } from './duckdb.ts';

type Numbers = Float32Array | Float64Array | Int32Array;

/** A column to fetch: what computes it, and the array that it goes into. */
interface Fetched {
  readonly sql: string;
  readonly into: Numbers;
}

export interface ReadOptions {
  readonly features: ModelDefinition['features'];
  /** Table, or function of one, that has the features by name. */
  readonly from: string;
  /** Expression of the label. @default none: rows have no target */
  readonly target?: string;
  /** Further numbers to read, by name. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Order of the rows. @default as the table has them */
  readonly orderBy?: string;
}

export interface Read {
  readonly columns: Columns;
  readonly extra: Readonly<Record<string, Float64Array>>;
}

/**
 * Reads features into typed arrays. Text stays in DuckDB until it is a code: a column of
 * millions of rows costs four bytes a row and one string a distinct value.
 */
export async function readColumns(
  connection: DuckDBConnection,
  { features, from, target, extra = {}, orderBy }: ReadOptions,
): Promise<Read> {
  const counted = await rowOf(connection, `select count(*)::double as rows from ${from}`);
  const rows = Number(counted['rows']);
  const fetched: Fetched[] = [];
  const fetch = <Into extends Numbers>(sql: string, into: Into): Into => {
    fetched.push({ sql, into });
    return into;
  };
  const numbers: Record<string, Float32Array> = {};
  const categories: Record<string, CategoryColumn> = {};
  const times: Record<string, Float64Array> = {};
  for (const [name, { kind }] of Object.entries(features)) {
    const column = identifier(name);
    if (kind === 'category') {
      const { dictionary, code } = await encode(connection, from, column, fetched.length);
      categories[name] = { dictionary, codes: fetch(code, new Int32Array(rows)) };
    } else if (kind === 'number') {
      numbers[name] = fetch(orNaN(column), new Float32Array(rows));
    } else {
      times[name] = fetch(orNaN(column), new Float64Array(rows));
    }
  }
  const labels = fetch(target ?? '0', new Float64Array(target === undefined ? 0 : rows));
  const more: Record<string, Float64Array> = {};
  for (const [name, sql] of Object.entries(extra)) {
    more[name] = fetch(orNaN(sql), new Float64Array(rows));
  }
  const used = fetched.filter(({ into }) => into.length > 0);
  await fill(
    connection,
    used,
    `from ${from} ${orderBy === undefined ? '' : `order by ${orderBy}`}`,
  );
  return { columns: { rows, numbers, categories, times, target: labels }, extra: more };
}

function orNaN(sql: string): string {
  return `coalesce((${sql})::double, 'nan'::double)`;
}

/** Dense codes of a text column, in the order of its values; -1 for none. */
async function encode(
  connection: DuckDBConnection,
  from: string,
  column: string,
  index: number,
): Promise<{ dictionary: string[]; code: string }> {
  const distinct = `select distinct ${column} as value from ${from} where ${column} <> '' order by 1`;
  const dictionary = (await rowsOf(connection, distinct)).map(({ value }) => String(value));
  if (dictionary.length === 0) return { dictionary, code: '-1' };
  const type = `category_${index}`;
  await connection.run(`drop type if exists ${type}`);
  await connection.run(`create type ${type} as enum (${distinct})`);
  return { dictionary, code: `coalesce(enum_code(nullif(${column}, '')::${type})::integer, -1)` };
}

async function fill(
  connection: DuckDBConnection,
  fetched: readonly Fetched[],
  from: string,
): Promise<void> {
  if (fetched.length === 0) return;
  const stream = await connection.stream(
    `select ${fetched.map(({ sql }) => sql).join(', ')} ${from}`,
  );
  let row = 0;
  for (let chunk = await stream.fetchChunk(); chunk?.rowCount; chunk = await stream.fetchChunk()) {
    for (const [at, { into }] of fetched.entries()) {
      for (const [offset, value] of chunk.getColumnValues(at).entries()) {
        into[row + offset] = Number(value);
      }
    }
    row += chunk.rowCount;
  }
}
