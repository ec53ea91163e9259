/** Columns of a chunk as DuckDB has them in memory: to ask for a value at a time costs far more. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** Rows of a chunk at most: DuckDB's STANDARD_VECTOR_SIZE. */
export const CHUNK_ROWS = 2048;

/**
 * Returns a column of numbers, which is DuckDB's own memory: copy what outlives the chunk. What
 * stands where a value is NULL is not known.
 *
 * @throws {TypeError} if the column is of none of the types that are read
 */
export function numbersOf(chunk: DuckDBDataChunk, column: number): NumberColumn {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  const type = duckdb.get_type_id(duckdb.vector_get_column_type(vector));
  const Column = COLUMNS.get(type);
  if (!Column) throw new TypeError(`column ${column} is ${duckdb.Type[type]}; select it as DOUBLE`);
  const rows = chunk.rowCount;
  const bytes = duckdb.vector_get_data(vector, rows * Column.BYTES_PER_ELEMENT);
  return new Column(bytes.buffer, bytes.byteOffset, rows);
}

type NumberColumn = Uint8Array | Int16Array | Uint32Array | Float64Array;

interface NumberColumnConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumberColumn;
}

const COLUMNS: ReadonlyMap<duckdb.Type, NumberColumnConstructor> = new Map<
  duckdb.Type,
  NumberColumnConstructor
>([
  [duckdb.Type.UTINYINT, Uint8Array],
  [duckdb.Type.SMALLINT, Int16Array],
  [duckdb.Type.UINTEGER, Uint32Array],
  [duckdb.Type.DOUBLE, Float64Array],
]);

/** Writes a column of a chunk, a value a row. @param values of the column's own type */
export function fillColumn(
  chunk: DuckDBDataChunk,
  column: number,
  { buffer, byteOffset, byteLength }: Numbers,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength);
}

type Numbers = Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
