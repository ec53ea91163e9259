/** The output of a shard: a row for each row that was predicted. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, rowOf } from '../data/duckdb.ts';
import type { Scan } from '../data/scan.ts';
import type { Target } from '../model/definition.ts';

/** Texts that a dictionary may have. Ids have none, and the fewer it takes to see that, the faster. */
const DICTIONARY_TEXTS = 4096;

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
  { version, keys, target, slices, file }: PartWriting,
): Promise<number> {
  const rows = slices.reduce((sum, slice) => sum + slice.rows, 0);
  if (rows === 0) return 0;
  const outputs = slices.map(({ table, scan, range }) => {
    const columns = keys.map((key) => identifier(key));
    const where = range ? `where _row >= ${range.from} and _row < ${range.to}` : '';
    const input = `select ${[...columns, '_row'].join(', ')} from (${scan.raw}) ${where}`;
    const selected = columns.map((column) => `input.${column}`);
    // Both are in the order of the object, so nothing is looked up; a row that were out of its
    // place would be missing below.
    return `
      select ${selected.join(', ')}, predicted.id::varchar as prediction_id,
        ${answersOf(target)}, ${version}::integer as version
      from (${input}) as input positional join ${table} as predicted
      where predicted._row = input._row::uinteger`;
  });
  await connection.run(
    `copy (${outputs.join(' union all ')}) to ${literal(file)}
     (format parquet, compression zstd, dictionary_size_limit ${DICTIONARY_TEXTS})`,
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
