/** Records of one JSON object a line, as DuckDB reads them. */
import { identifier, literal } from './duckdb.ts';

/**
 * JSON lines as rows of the named columns; an empty table of the same where there are no files. A
 * line that is no such record, and a value that is not of its column's type, is NULL.
 */
export function jsonLines(
  files: readonly string[],
  columns: Readonly<Record<string, string>>,
): string {
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
    `select * from read_json([${files.map(literal).join(', ')}], format = 'newline_delimited', ` +
    `columns = {${types.join(', ')}}, hive_partitioning = false, ignore_errors = true)`
  );
}

/** A moment as SQL. */
export function momentOf(at: Date): string {
  return `timestamp ${literal(at.toISOString().replace('Z', ''))}`;
}
