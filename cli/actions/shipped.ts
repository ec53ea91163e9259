/** Rows of the data that ships with a model, read from the npm package that carries it. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Feature } from '../../core/model/features.ts';
import { sentFeatures } from '../../core/model/rolling-features.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import { projectRoot } from '../project.ts';

/** Days `[from, to)`, as 'YYYY-MM-DD'. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Features as a caller would send them, and the target's column. */
export type ShippedRow = Readonly<Record<string, string | number | null>>;

/**
 * Returns every `every`-th row of a period in time order.
 *
 * @throws {Error} if no data ships with the model
 */
export async function shippedRows(
  model: ModelDefinition,
  period: Period,
  every: number,
): Promise<ShippedRow[]> {
  const features = Object.entries(sentFeatures(model)).map(
    ([name, { kind }]) => `${asCallersSend(quote(name), kind)} as ${quote(name)}`,
  );
  const target = quote(model.target.column);
  const time = quote(model.data.time);
  return withDuckDB(async (connection) => {
    const reader = await connection.runAndReadAll(
      `select ${features.join(', ')}, ${target}::double as ${target}
       from read_parquet($file, file_row_number = true)
       where ${time} >= $from::timestamp and ${time} < $to::timestamp
         and file_row_number % $every = 0
       order by ${time}, file_row_number`,
      { file: shippedFile(model), ...period, every },
    );
    return reader
      .getRowObjectsJS()
      .map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, scalar(value)])),
      );
  });
}

/**
 * Writes a period into `folder`, one Parquet file a day, in Hive partitions `dt=YYYY-MM-DD/`.
 *
 * @returns the files' paths relative to the folder, in order of days
 */
export async function writeShippedDays(
  model: ModelDefinition,
  period: Period,
  folder: string,
): Promise<string[]> {
  const time = quote(model.data.time);
  await withDuckDB(async (connection) => {
    // With more threads, each writes a file of its own into a day's partition.
    await connection.run('set threads = 1');
    await connection.run(
      `copy (select *, strftime(${time}, '%Y-%m-%d') as dt from read_parquet($file)
        where ${time} >= $from::timestamp and ${time} < $to::timestamp)
       to '${folder.replaceAll("'", "''")}' (format parquet, partition_by (dt), overwrite_or_ignore)`,
      { file: shippedFile(model), ...period },
    );
  });
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith('.parquet')).toSorted();
}

/** The file that ships with a model. @throws {Error} if none does */
export function shippedFile({ name, data }: ModelDefinition): string {
  if (!data.shipped) {
    throw new Error(
      `no data ships with model '${name}'; ` +
        `put your own under datasets/${name}/dt=YYYY-MM-DD/ in the bucket`,
    );
  }
  return join(projectRoot, 'node_modules', data.shipped.package, data.shipped.file);
}

async function withDuckDB<Result>(
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function asCallersSend(column: string, kind: Feature['kind']): string {
  if (kind === 'timestamp') return `strftime(${column}, '%Y-%m-%dT%H:%M:%SZ')`;
  return kind === 'number' ? `${column}::double` : `${column}::varchar`;
}

function scalar(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
