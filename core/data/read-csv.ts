/** CSV files as SQL. */
import { statSync } from 'node:fs';
import { literal, rowsOf, type DuckDBConnection } from './duckdb.ts';

const CSV_DIALECT = `delim = ',', quote = '"', escape = '"', hive_partitioning = false`;

/** Returns SQL of a file's rows, as text. Comma-separated as in RFC 4180: a guessed dialect may be another one tomorrow. */
export function readCsv(path: string): string {
  return `read_csv(${literal(path)}, header = true, all_varchar = true, ${bufferFor(path)}, ${CSV_DIALECT})`;
}

/**
 * The same, over lines that are none, which DuckDB keeps in a table. Not sniffed, since the sniffer
 * gives up on a file whose lines differ.
 *
 * @param all names of its columns, in their order
 * @param brokenLines name of the table
 */
export function readCsvAsFarAsItGoes(
  path: string,
  all: readonly string[],
  brokenLines: string,
): string {
  const columns = all.map((column) => `${literal(column)}: 'VARCHAR'`).join(', ');
  const table = literal(brokenLines);
  return (
    `read_csv(${literal(path)}, header = true, auto_detect = false, columns = {${columns}}, ` +
    `ignore_errors = true, store_rejects = true, rejects_table = ${table}, ` +
    `rejects_scan = ${literal(`${brokenLines}_scans`)}, ${bufferFor(path)}, ${CSV_DIALECT})`
  );
}

/** DuckDB's own for every file, however small: a hundred days of a few rows would take gigabytes. */
const LARGEST_BUFFER = 32_000_000;
const LONGEST_LINE = 2 ** 21;

/** A gzip file has some times the bytes that it takes; lines are shorter than that. */
const PACKED = { times: 16, least: 2 ** 16 } as const;

/** Options for a buffer that is no larger than the file. */
function bufferFor(path: string): string {
  const { size } = statSync(path);
  const bytes = path.endsWith('.gz') ? Math.max(PACKED.least, size * PACKED.times) : size + 1;
  const buffer = Math.min(bytes, LARGEST_BUFFER);
  return `buffer_size = ${buffer}, max_line_size = ${Math.min(buffer, LONGEST_LINE)}`;
}

/** Returns the names in the first line of a file. */
export async function headerOf(connection: DuckDBConnection, path: string): Promise<string[]> {
  // A delimiter that no text has makes each line one value.
  const [first] = await rowsOf(
    connection,
    `select line from read_csv(${literal(path)}, header = false, auto_detect = false, quote = '',
       escape = '', delim = '\x01', columns = {'line': 'VARCHAR'}) limit 1`,
  );
  const line = typeof first?.['line'] === 'string' ? first['line'] : '';
  const names = line.replace(/^\uFEFF/, '').match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return names.map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.trim(),
  );
}
