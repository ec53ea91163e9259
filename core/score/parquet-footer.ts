/** Row groups of a Parquet object, read from the end of it alone. */
import { mkdir, open, rm, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ObjectStore, StoredObject } from '../aws/objects.ts';
import { literal, rowsOf, type DuckDBConnection } from '../data/duckdb.ts';
import { DataError } from '../data/errors.ts';

export interface RowGroup {
  readonly rows: number;
  /** Bytes [from, to) of the object. */
  readonly from: number;
  readonly to: number;
}

export interface Footer {
  readonly groups: readonly RowGroup[];
  /** Where the footer begins. */
  readonly from: number;
}

/** Enough for the footers of most files in one request. */
const TAIL_BYTES = 64 * 1024;

/** Length of the footer, and the format's mark (parquet.apache.org, File Format). */
const CLOSING_BYTES = 8;

/**
 * Reads the footer through a local file that is as long as the object and empty up to there.
 *
 * @throws {DataError} if it is no Parquet file
 * @throws {ObjectChangedError}
 */
export async function readFooter(
  connection: DuckDBConnection,
  store: ObjectStore,
  object: StoredObject,
  file: string,
): Promise<Footer> {
  try {
    const from = await fetchFooter(store, object, file);
    const start = `case when dictionary_page_offset > 0 then dictionary_page_offset else data_page_offset end`;
    const found = await rowsOf(
      connection,
      `select any_value(row_group_num_rows)::double as rows, min(${start})::double as from_byte,
         max(${start} + total_compressed_size)::double as to_byte
       from parquet_metadata(${literal(file)}) group by row_group_id order by row_group_id`,
    );
    const groups = found.map((group) => ({
      rows: Number(group['rows']),
      from: Number(group['from_byte']),
      to: Number(group['to_byte']),
    }));
    return { groups: groups.filter(({ rows }) => rows > 0), from };
  } catch (error) {
    if (!(error instanceof Error) || !/^(Invalid|Not implemented|IO) /i.test(error.message))
      throw error;
    throw new DataError(`'${object.key}' is not readable as parquet: ${error.message}`, {
      cause: error,
    });
  } finally {
    await rm(file, { force: true });
  }
}

async function fetchFooter(
  store: ObjectStore,
  { key, size, etag }: StoredObject,
  file: string,
): Promise<number> {
  await createHollow(file, size);
  const tail = Math.max(0, size - TAIL_BYTES);
  await store.downloadPart({ key, etag }, { file, from: tail, to: size });
  const closing = Buffer.alloc(CLOSING_BYTES);
  const handle = await open(file);
  await handle.read(closing, 0, CLOSING_BYTES, Math.max(0, size - CLOSING_BYTES));
  await handle.close();
  const from = size - CLOSING_BYTES - closing.readUInt32LE();
  if (closing.toString('latin1', 4) !== 'PAR1' || from < 4) {
    throw new DataError(`'${key}' is no Parquet file: its end is not that of one`);
  }
  if (from < tail) await store.downloadPart({ key, etag }, { file, from, to: tail });
  await markStart(file);
  return from;
}

/** A file that has a length, and takes no space until something is written. */
export async function createHollow(file: string, size: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await (await open(file, 'w')).close();
  await truncate(file, size);
}

/** Readers look for the format's mark at the start too. */
export async function markStart(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write('PAR1', 0, 'latin1');
  await handle.close();
}
