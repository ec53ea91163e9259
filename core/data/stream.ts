/** Rows of one file as plain objects, some at a time, for what looks at them one by one. */
import type { DuckDBConnection } from './duckdb.ts';
import { identifier } from './duckdb.ts';
import { textOf, type Scan } from './scan.ts';

export interface StreamedRow {
  /** Number in the file, from 0. */
  readonly row: number;
  /**
   * By name: a number, text, or a time in milliseconds since 1970. Null is missing. Text that
   * does not read as what was declared stays text, for whoever tells what was wrong with it.
   */
  readonly values: Readonly<Record<string, string | number | null>>;
}

/**
 * Reads a file's rows in their order.
 *
 * @yields about `size` of them; no more are held in memory
 */
export async function* streamRows(
  connection: DuckDBConnection,
  { sqlWithTexts, checked }: Scan,
  names: readonly string[],
  size: number,
): AsyncGenerator<StreamedRow[]> {
  const isChecked = new Set(checked.map(({ as }) => as));
  const cells = names.flatMap((name) =>
    isChecked.has(name) ? [identifier(name), identifier(textOf(name))] : [identifier(name), 'null'],
  );
  const stream = await connection.stream(
    `select _row::double, ${cells.join(', ')} from (${sqlWithTexts})`,
  );
  let rows: StreamedRow[] = [];
  for (let chunk = await stream.fetchChunk(); chunk?.rowCount; chunk = await stream.fetchChunk()) {
    for (const [row, ...found] of chunk.getRows()) {
      const values: Record<string, string | number | null> = {};
      for (const [at, name] of names.entries()) {
        values[name] = plain(found[2 * at]) ?? (plain(found[2 * at + 1]) || null);
      }
      rows.push({ row: Number(row), values });
    }
    if (rows.length >= size) {
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

function plain(cell: unknown): string | number | null {
  return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
}
