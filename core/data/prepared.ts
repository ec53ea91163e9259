/** The rows of a run, as the prepare step leaves them for those that follow. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Columns } from './columns.ts';
import { identifier, literal, rowOf, type DuckDBConnection } from './duckdb.ts';
import { readColumns } from './read.ts';
import type { SplitTimes } from './split.ts';

export interface PreparedFiles {
  /** Training rows, validation rows included. */
  readonly training: string;
  readonly holdout: string;
}

/**
 * Writes the table `rows` as two Parquet files in the order of time: the features, `_time` in
 * milliseconds since 1970 and `_target` as the model predicts it. Same rows, same bytes.
 */
export async function writePrepared(
  connection: DuckDBConnection,
  features: ModelDefinition['features'],
  { trainingFrom, holdoutFrom, to }: SplitTimes,
  files: PreparedFiles,
): Promise<void> {
  const weight = (await hasWeights(connection, 'rows')) ? ['_weight'] : [];
  const names = [...Object.keys(features), '_time', '_target', ...weight];
  const columns = names.map(identifier).join(', ');
  const write = async (file: string, from: Date, until: Date): Promise<void> => {
    await connection.run(`
      copy (
        select ${columns} from rows
        where _time >= ${from.getTime()} and _time < ${until.getTime()}
        order by _time, _key, _row
      ) to ${literal(file)} (format parquet, compression zstd)`);
  };
  // With more threads the sizes of row groups, and so the bytes, depend on who was first.
  await connection.run('set threads = 1');
  await write(files.training, trainingFrom, holdoutFrom);
  await write(files.holdout, holdoutFrom, to);
}

/** Reads rows of a prepared file whose time is in `[from, to)`; without a period, all. */
export async function readPrepared(
  connection: DuckDBConnection,
  features: ModelDefinition['features'],
  file: string,
  { from, to }: { readonly from?: Date; readonly to?: Date } = {},
): Promise<Columns> {
  const start = from === undefined ? '-infinity' : String(from.getTime());
  const end = to === undefined ? 'infinity' : String(to.getTime());
  const rows = `(select * from read_parquet(${literal(file)})
    where _time >= '${start}'::double and _time < '${end}'::double)`;
  const isWeighted = await hasWeights(connection, rows);
  const { columns, extra } = await readColumns(connection, {
    features,
    from: rows,
    target: '_target',
    ...(isWeighted && { extra: { weights: '_weight' } }),
  });
  return { ...columns, ...(extra['weights'] && { weights: extra['weights'] }) };
}

/** Rows of a prepared file from a moment on. */
export async function countPrepared(
  connection: DuckDBConnection,
  file: string,
  from: Date,
): Promise<number> {
  const { rows } = await rowOf(
    connection,
    `select count(*)::double as rows from read_parquet(${literal(file)})
     where _time >= ${from.getTime()}`,
  );
  return Number(rows);
}

async function hasWeights(connection: DuckDBConnection, from: string): Promise<boolean> {
  const { found } = await rowOf(
    connection,
    `select count(*)::double as found from (describe select * from ${from})
     where column_name = '_weight'`,
  );
  return Number(found) > 0;
}
