/** Tables of what was predicted for which row, from which the output is written. */
import {
  DOUBLE,
  DuckDBDataChunk,
  FLOAT,
  UINTEGER,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { identifier, literal, rowOf } from '../data/duckdb.ts';
import type { Scan } from '../data/scan.ts';
import type { Target } from '../model/definition.ts';
import type { Scores } from '../serve/decide.ts';

/** Rows of a chunk of DuckDB. */
const CHUNK_ROWS = 2048;

/** Number of a row that was rejected: no row of an object has it. */
const NO_ROW = 2 ** 32 - 1;

/** Rows that follow each other in their object, and what was predicted of those that were not rejected. */
export interface PredictedRows {
  readonly from: number;
  readonly count: number;
  readonly scored: readonly { readonly rows: readonly number[]; readonly scores: Scores }[];
}

/** Table of a slice, with a row for each of its rows in their order. */
export interface PredictedSlice {
  readonly table: string;
  add(rows: PredictedRows): void;
  /** @returns how many rows were predicted */
  keep(): number;
  /** Forgets what was predicted, since the slice proved unreadable. */
  discard(): Promise<void>;
}

/** @param slice number within its shard */
export async function openPredicted(
  connection: DuckDBConnection,
  slice: number,
): Promise<PredictedSlice> {
  const table = `predicted_${slice}`;
  await connection.run(
    `create table ${table} (_row uinteger, prediction double, probability float)`,
  );
  const appender = await connection.createAppender(table);
  let predicted = 0;
  return {
    table,
    add: ({ from, count, scored }) => {
      const rows = new Uint32Array(count).fill(NO_ROW);
      const predictions = new Float64Array(count);
      const probabilities = new Float32Array(count);
      for (const { rows: numbers, scores } of scored) {
        predicted += numbers.length;
        for (const [at, row] of numbers.entries()) {
          rows[row - from] = row;
          predictions[row - from] = scores.predictions[at]!;
          probabilities[row - from] = scores.probabilities?.[at] ?? 0;
        }
      }
      append(appender, [rows, predictions, probabilities]);
    },
    keep: () => {
      appender.closeSync();
      return predicted;
    },
    discard: async () => {
      appender.closeSync();
      await connection.run(`drop table ${table}`);
    },
  };
}

const TYPES = [UINTEGER, DOUBLE, FLOAT];

function append(appender: DuckDBAppender, columns: readonly Numbers[]): void {
  const rows = columns[0]?.length ?? 0;
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from);
    const chunk = DuckDBDataChunk.create(TYPES, count);
    for (const [at, column] of columns.entries()) {
      const vector = chunk.getColumnVector(at);
      for (let row = 0; row < count; row++) vector.setItem(row, column[from + row]!);
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
}

type Numbers = Uint32Array | Float64Array | Float32Array;

/** What a part says of each row; the number of a class is its place in the declaration. */
function answersOf(target: Target): string {
  if (target.kind === 'regression') return 'predicted.prediction';
  const prediction = 'predicted.prediction::integer';
  const answers = `${prediction} as prediction, predicted.probability`;
  if (target.kind === 'binary') return answers;
  return `${answers}, list_extract([${target.classes.map(literal).join(', ')}], ${prediction} + 1) as class`;
}

export interface ReadableSlice {
  /** Of what was predicted. */
  readonly table: string;
  /** How many rows were. */
  readonly rows: number;
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
  const rows = slices.reduce((sum, slice) => sum + slice.rows, 0);
  if (rows === 0) return 0;
  const outputs = slices.map(({ table, scan, range }) => {
    const columns = keys.map((key) => identifier(key));
    const id = `${literal(idPrefix(model, scan.file.key))} || printf('%012x', _row)`;
    const where = range ? `where _row >= ${range.from} and _row < ${range.to}` : '';
    const input = `select ${[...columns, `${id} as prediction_id`, '_row'].join(', ')} from (${scan.raw}) ${where}`;
    const selected = [...columns, 'prediction_id'].map((column) => `input.${column}`);
    // Both are in the order of the object, so nothing is looked up; a row that were out of its
    // place would be missing below.
    return `
      select ${selected.join(', ')}, ${answersOf(target)}, ${version}::integer as version
      from (${input}) as input positional join ${table} as predicted
      where predicted._row = input._row::uinteger`;
  });
  await connection.run(
    `copy (${outputs.join(' union all ')}) to ${literal(file)} (format parquet, compression zstd)`,
  );
  const written = await rowOf(
    connection,
    `select count(*)::double as rows from read_parquet(${literal(file)})`,
  );
  if (written['rows'] !== rows) {
    throw new Error(`${rows} rows were predicted, and ${Number(written['rows'])} written`);
  }
  return rows;
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
