/** Numbers of a query, some thousand rows at a time: memory does not grow with the rows. */
import { numbersOf } from './chunk-numbers.ts';
import type { DuckDBConnection } from './duckdb.ts';

/**
 * Hands every chunk's columns on, each as a typed array of the chunk's rows that is used again for
 * the next chunk; NULL is NaN.
 *
 * @param expressions one a column, of numbers
 * @param from what comes after them: `from table where ...`
 */
export async function streamNumbers(
  connection: DuckDBConnection,
  expressions: readonly string[],
  from: string,
  take: (columns: readonly Float64Array[]) => void,
): Promise<void> {
  if (expressions.length === 0) return;
  const stream = await connection.stream(
    `select ${expressions.map((sql) => `coalesce((${sql})::double, 'nan'::double)`).join(', ')} ${from}`,
  );
  let buffers: Float64Array[] = [];
  for (let chunk = await stream.fetchChunk(); chunk?.rowCount; chunk = await stream.fetchChunk()) {
    const rows = chunk.rowCount;
    if (buffers.length === 0 || buffers[0]!.length < rows) {
      buffers = expressions.map(() => new Float64Array(rows));
    }
    for (const [at, buffer] of buffers.entries()) {
      buffer.set(numbersOf(chunk, at));
    }
    take(buffers.map((buffer) => buffer.subarray(0, rows)));
  }
}
