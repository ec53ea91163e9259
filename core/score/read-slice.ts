/** Rows of a slice as the graph takes them, some thousand at a time. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { identifier, type DuckDBConnection } from '../data/duckdb.ts';
import { textOf, type Scan } from '../data/scan.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { Signature } from '../model/signature.ts';
import { dictionaryOf, sqlOf, type CellSource } from './cells.ts';
import { areEnough, emptyRows, forget, gather, MOST_ROWS } from './gathered-rows.ts';
import { batchMaker, type RowBatch } from './row-batch.ts';
import { isSuspect } from './suspects.ts';

/** The bytes are not what the format or the file's footer says. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/**
 * @yields rows in their order, suspects beside those that are sure to be scored
 * @throws {UnreadableError}
 */
export async function* readSlice(
  connection: DuckDBConnection,
  scan: Scan,
  { definition, signature, range }: SliceReading,
): AsyncGenerator<RowBatch> {
  const where = range ? `where _row >= ${range.from} and _row < ${range.to}` : '';
  const from = `from (${scan.sqlWithTexts}) ${where}`;
  const sources = await sourcesOf(connection, definition, from);
  const texts = scan.checked.map(({ as }) => as);
  const columns = ['_row::uinteger', `(${isSuspect(definition, scan)})::utinyint`, '_broken']
    .concat(sources.map(sqlOf))
    .concat(texts.map((name) => identifier(textOf(name))));
  const gathered = emptyRows(sources);
  const batchOf = batchMaker(signature, MOST_ROWS);
  for await (const chunk of chunksOf(connection, `select ${columns.join(', ')} ${from}`)) {
    gather(gathered, chunk, texts);
    if (areEnough(gathered)) {
      yield batchOf(gathered);
      forget(gathered);
    }
  }
  if (gathered.count > 0) yield batchOf(gathered);
}

export interface SliceReading {
  readonly definition: Pick<ModelDefinition, 'features' | 'data'>;
  readonly signature: Signature;
  /** Rows `[from, to)` of the object. @default all */
  readonly range?: { readonly from: number; readonly to: number } | undefined;
}

async function sourcesOf(
  connection: DuckDBConnection,
  { features, data }: SliceReading['definition'],
  from: string,
): Promise<CellSource[]> {
  const sources: CellSource[] = [];
  for (const [name, { kind }] of Object.entries(features)) {
    // Text files would have to be parsed once more for it.
    const isCoded = kind === 'category' && data.format === 'parquet';
    try {
      // One after the other, since the connection does one thing at a time.
      // oxlint-disable-next-line no-await-in-loop
      const dictionary = isCoded ? await dictionaryOf(connection, name, from) : undefined;
      sources.push({ name, kind, dictionary });
    } catch (cause) {
      throw unreadable(cause);
    }
  }
  return sources;
}

async function* chunksOf(
  connection: DuckDBConnection,
  query: string,
): AsyncGenerator<DuckDBDataChunk> {
  try {
    const stream = await connection.stream(query);
    for (
      let chunk = await stream.fetchChunk();
      chunk?.rowCount;
      chunk = await stream.fetchChunk()
    ) {
      yield chunk;
    }
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** Failures that say nothing about the data. */
const OF_THE_MACHINE = /^(IO|Out of Memory|Interrupt|Internal|Fatal|Permission) /i;

function unreadable(cause: unknown): unknown {
  if (!(cause instanceof Error) || OF_THE_MACHINE.test(cause.message)) return cause;
  return new UnreadableError(cause.message.split('\n')[0], { cause });
}
