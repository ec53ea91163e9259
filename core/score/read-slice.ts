/** Rows of a slice as the graph takes them, some thousand at a time. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { identifier, type DuckDBConnection } from '../data/duckdb.ts';
import { textOf, type Scan } from '../data/scan.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { InputBatch, Signature } from '../model/signature.ts';
import {
  dictionaryOf,
  emptyCells,
  sqlOf,
  takeNumbers,
  valueAt,
  type Cells,
  type CellSource,
} from './cells.ts';
import { isSuspect } from './suspects.ts';

export type Values = Readonly<Record<string, string | number | null>>;

export interface SuspectRow {
  /** Number in the object, from 0. */
  readonly row: number;
  /** Text that does not read as what was declared stays text. */
  readonly values: Values;
  /** Its line is none of the format. */
  readonly broken: boolean;
}

/** Rows that follow each other in their object. */
export interface RowBatch {
  /** Number in the object of the first of them. */
  readonly from: number;
  /** All of them, suspects too. */
  readonly count: number;
  /** Of those that are sure to be scored. */
  readonly batch: InputBatch;
  /** Number in the object of each row of the batch. */
  readonly rows: readonly number[];
  readonly suspects: readonly SuspectRow[];
  /** Features of a row of the batch, as a caller would have sent them. */
  readonly valuesOf: (at: number) => Values;
}

/** More make ONNX Runtime no faster, and take more memory. */
const ROWS_AT_ONCE = 16_384;

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
  const columns = ['_row::double', `(${isSuspect(definition, scan)})::double`, '_broken']
    .concat(sources.map(sqlOf))
    .concat(texts.map((name) => identifier(textOf(name))));
  let gathered = emptyRows(sources);
  for await (const chunk of chunksOf(connection, `select ${columns.join(', ')} ${from}`)) {
    gather(gathered, chunk, texts);
    if (gathered.numbers.length >= ROWS_AT_ONCE) {
      yield batchOf(gathered, signature);
      gathered = emptyRows(sources);
    }
  }
  if (gathered.numbers.length > 0) yield batchOf(gathered, signature);
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

interface GatheredRows {
  /** Numbers in the object. */
  readonly numbers: number[];
  /** Places among the numbers of rows that are no suspects. */
  readonly places: number[];
  readonly cells: readonly Cells[];
  readonly suspects: SuspectRow[];
}

function emptyRows(sources: readonly CellSource[]): GatheredRows {
  return { numbers: [], places: [], cells: sources.map(emptyCells), suspects: [] };
}

/** Columns before those of the features: number, whether suspect, whether broken. */
const FIRST_FEATURE = 3;

function gather(
  { numbers, places, cells, suspects }: GatheredRows,
  chunk: DuckDBDataChunk,
  texts: readonly string[],
): void {
  const first = numbers.length;
  takeNumbers(chunk, 0, numbers);
  for (const [at, { take }] of cells.entries()) take(chunk, FIRST_FEATURE + at);
  const isSuspectRow = chunk.getColumnVector(1);
  const rows = isSuspectRow.itemCount;
  for (let row = 0; row < rows; row++) {
    if (isSuspectRow.getItem(row) === 0) {
      places.push(first + row);
      continue;
    }
    const textAt = (name: string): unknown => {
      const at = texts.indexOf(name);
      const column = FIRST_FEATURE + cells.length + at;
      return at < 0 ? null : chunk.getColumnVector(column).getItem(row);
    };
    suspects.push({
      row: numbers[first + row]!,
      values: suspectValues(cells, first + row, textAt),
      broken: chunk.getColumnVector(2).getItem(row) === true,
    });
  }
}

/** What was read of a row, and the text where that was nothing. */
function suspectValues(
  cells: readonly Cells[],
  place: number,
  textAt: (name: string) => unknown,
): Values {
  const entries = cells.map((cell): [string, string | number | null] => {
    const text = textAt(cell.name);
    return [cell.name, valueAt(cell, place) ?? (typeof text === 'string' && text ? text : null)];
  });
  return Object.fromEntries(entries);
}

function batchOf(
  { numbers, places, cells, suspects }: GatheredRows,
  signature: Signature,
): RowBatch {
  const from = numbers[0]!;
  if (numbers.at(-1) !== from + numbers.length - 1) {
    throw new Error(`${numbers.length} rows from ${from} on end with row ${numbers.at(-1)}`);
  }
  const byName = new Map(cells.map((column) => [column.name, column]));
  const columnsOf = (names: readonly string[]): Cells[] => names.map((name) => byName.get(name)!);
  const tensors = {
    numbers: new Float32Array(places.length * signature.numbers.length),
    times: new Float64Array(places.length * signature.times.length),
    categories: textsOf(columnsOf(signature.categories), places),
  };
  spread(columnsOf(signature.numbers), places, tensors.numbers);
  spread(columnsOf(signature.times), places, tensors.times);
  for (const [at, moment] of tensors.times.entries()) tensors.times[at] = Math.trunc(moment);
  return {
    from,
    count: numbers.length,
    batch: { rows: places.length, ...tensors },
    rows: places.map((place) => numbers[place]!),
    suspects,
    valuesOf: (at) =>
      Object.fromEntries(cells.map((column) => [column.name, valueAt(column, places[at]!)])),
  };
}

function spread(
  columns: readonly Cells[],
  places: readonly number[],
  into: Float32Array | Float64Array,
): void {
  for (const [at, { values }] of columns.entries()) {
    let cell = at;
    for (const place of places) {
      into[cell] = values[place]!;
      cell += columns.length;
    }
  }
}

/** Row after row; the empty string is missing. */
function textsOf(columns: readonly Cells[], places: readonly number[]): string[] {
  const texts: string[] = [];
  for (const place of places) {
    for (const { values, dictionary } of columns) texts.push(dictionary[values[place]!] ?? '');
  }
  return texts;
}
