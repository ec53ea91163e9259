/** A table of what was predicted for which row, from which the output is written. */
import {
  DOUBLE,
  DuckDBDataChunk,
  FLOAT,
  INTEGER,
  UINTEGER,
  type DuckDBConnection,
} from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { identifier, literal, rowOf } from '../data/duckdb.ts';
import type { Scan } from '../data/scan.ts';
import type { Target } from '../model/definition.ts';
import type { Prediction } from '../serve/decide.ts';

/** Rows of a chunk of DuckDB. */
const CHUNK_ROWS = 2048;

export interface PredictedRows {
  /** Number of the slice within its shard. */
  readonly slice: number;
  /** Numbers of the rows in their object. */
  readonly rows: readonly number[];
  readonly predictions: readonly Prediction[];
}

export async function createPredicted(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `create or replace table predicted (
      _slice integer, _row uinteger, prediction double, probability float)`,
  );
}

export async function addPredicted(
  connection: DuckDBConnection,
  { slice, rows, predictions }: PredictedRows,
): Promise<void> {
  const appender = await connection.createAppender('predicted');
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const some = predictions.slice(from, from + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create([INTEGER, UINTEGER, DOUBLE, FLOAT], some.length);
    chunk.setColumns([
      some.map(() => slice),
      rows.slice(from, from + CHUNK_ROWS),
      some.map(({ prediction }) => prediction),
      some.map(({ probability }) => probability ?? null),
    ]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Forgets what was predicted of a slice that proved unreadable. */
export async function dropPredicted(connection: DuckDBConnection, slice: number): Promise<void> {
  await connection.run(`delete from predicted where _slice = ${slice}`);
}

/** What a part says of each row; the number of a class is its place in the declaration. */
function answersOf(target: Target): string {
  if (target.kind === 'regression') return 'predicted.prediction';
  const prediction = 'predicted.prediction::integer';
  const answers = `${prediction} as prediction, predicted.probability`;
  if (target.kind === 'binary') return answers;
  return `${answers}, list_extract([${target.classes.map(literal).join(', ')}], ${prediction} + 1) as class`;
}

export interface ReadableSlice {
  readonly slice: number;
  readonly scan: Scan;
  /** @default all rows */
  readonly range?: { readonly from: number; readonly to: number } | undefined;
}

export interface PartWriting {
  readonly model: string;
  readonly version: number;
  readonly keys: readonly string[];
  readonly target: Target;
  readonly slices: readonly ReadableSlice[];
  readonly file: string;
}

/**
 * Writes the keys of every predicted row with its prediction, in Parquet.
 *
 * @returns how many rows were written
 * @throws {Error} if those are not as many as were predicted
 */
export async function writePart(
  connection: DuckDBConnection,
  { model, version, keys, target, slices, file }: PartWriting,
): Promise<number> {
  const { rows } = await rowOf(connection, 'select count(*)::double as rows from predicted');
  if (rows === 0) return 0;
  const inputs = slices.map(({ slice, scan, range }) => {
    const columns = keys.map((key) => identifier(key));
    const id = `${literal(idPrefix(model, scan.file.key))} || printf('%012x', _row)`;
    const where = range ? `where _row >= ${range.from} and _row < ${range.to}` : '';
    const selected = [...columns, `${id} as prediction_id`, `${slice} as _slice`, '_row'];
    return `select ${selected.join(', ')} from (${scan.raw}) ${where}`;
  });
  await connection.run(`
    copy (
      select ${[...keys.map((key) => `input.${identifier(key)}`), 'prediction_id'].join(', ')},
        ${answersOf(target)}, ${version}::integer as version
      from (${inputs.join(' union all ')}) as input
        join predicted on predicted._slice = input._slice
          and predicted._row = input._row::uinteger
    ) to ${literal(file)} (format parquet, compression zstd)`);
  const written = await rowOf(
    connection,
    `select count(*)::double as rows from read_parquet(${literal(file)})`,
  );
  if (written['rows'] !== rows) {
    throw new Error(`${Number(rows)} rows were predicted, and ${Number(written['rows'])} written`);
  }
  return Number(rows);
}

/**
 * Id of a row by its place: the first 80 bits name the object, the last 48 are the row's number in
 * it, shaped as a UUID (version 8, RFC 9562). The same row has the same id whenever and by
 * whichever version it is scored.
 */
export function idOfPlace(model: string, key: string, row: number): string {
  return idPrefix(model, key) + row.toString(16).padStart(12, '0');
}

function idPrefix(model: string, key: string): string {
  const hex = createHash('sha256').update(`${model}/${key}`).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-`;
}
