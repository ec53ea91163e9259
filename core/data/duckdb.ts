/** DuckDB, which reads, joins and aggregates everything here. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export type { DuckDBConnection } from '@duckdb/node-api';

export interface DuckDbOptions {
  /** What DuckDB may hold; beyond it, it spills into the scratch folder. */
  readonly memoryMiB: number;
  readonly threads: number;
  /** Folder of this process alone; whoever hands it in removes it. */
  readonly scratch: string;
}

/**
 * Opens an empty database in memory for as long as the work lasts. Nothing is downloaded: files
 * must be on this machine, and only the extensions inside the library are there.
 *
 * @param work may write through the second connection while it reads a stream from the first, which
 * anything else on the first would end without a word
 */
export async function withDuckDb<Result>(
  { memoryMiB, threads, scratch }: DuckDbOptions,
  work: (connection: DuckDBConnection, writer: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.max(64, Math.floor(memoryMiB))}MiB`,
    threads: String(Math.max(1, Math.floor(threads))),
    temp_directory: scratch,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const writer = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    return await work(connection, writer);
  } finally {
    writer.closeSync();
    connection.closeSync();
    instance.closeSync();
  }
}

/** A name as SQL, whatever is in it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text value as SQL. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The rows of a query that gives few. */
export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS();
}

/** The one row of a query that gives one. */
export async function rowOf(
  connection: DuckDBConnection,
  sql: string,
): Promise<Record<string, unknown>> {
  const [row] = await rowsOf(connection, sql);
  if (row === undefined) throw new Error(`query gave no row: ${sql}`);
  return row;
}
