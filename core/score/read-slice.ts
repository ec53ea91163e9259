/** Rows of a slice as the graph takes them, some thousand at a time. */
import type { DuckDBConnection } from '../data/duckdb.ts';
import { identifier } from '../data/duckdb.ts';
import { textOf, type Scan } from '../data/scan.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { InputBatch, Signature } from '../model/signature.ts';
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

export interface RowBatch {
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
  const names = Object.keys(definition.features);
  const isChecked = new Set(scan.checked.map(({ as }) => as));
  const texts = names.filter((name) => isChecked.has(name));
  const columns = ['_row::double', isSuspect(definition, scan), '_broken']
    .concat(names.map(identifier))
    .concat(texts.map((name) => identifier(textOf(name))));
  const where = range ? `where _row >= ${range.from} and _row < ${range.to}` : '';
  const query = `select ${columns.join(', ')} from (${scan.sqlWithTexts}) ${where}`;
  let gathered = emptyRows(names);
  for await (const found of chunksOf(connection, query)) {
    gather(gathered, found, names, texts);
    if (gathered.rows.length + gathered.suspects.length >= ROWS_AT_ONCE) {
      yield batchOf(gathered, signature);
      gathered = emptyRows(names);
    }
  }
  if (gathered.rows.length + gathered.suspects.length > 0) yield batchOf(gathered, signature);
}

async function* chunksOf(
  connection: DuckDBConnection,
  query: string,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  try {
    const stream = await connection.stream(query);
    for (
      let chunk = await stream.fetchChunk();
      chunk?.rowCount;
      chunk = await stream.fetchChunk()
    ) {
      yield chunk.getColumns();
    }
  } catch (cause) {
    if (cause instanceof Error && !OF_THE_MACHINE.test(cause.message)) {
      throw new UnreadableError(cause.message.split('\n')[0], { cause });
    }
    throw cause;
  }
}

/** Failures that say nothing about the data. */
const OF_THE_MACHINE = /^(IO|Out of Memory|Interrupt|Internal|Fatal|Permission) /i;

export interface SliceReading {
  readonly definition: Pick<ModelDefinition, 'features'>;
  readonly signature: Signature;
  /** Rows `[from, to)` of the object. @default all */
  readonly range?: { readonly from: number; readonly to: number } | undefined;
}

interface GatheredRows {
  readonly rows: number[];
  readonly cells: Readonly<Record<string, unknown[]>>;
  readonly suspects: SuspectRow[];
}

function emptyRows(names: readonly string[]): GatheredRows {
  return { rows: [], cells: Object.fromEntries(names.map((name) => [name, []])), suspects: [] };
}

function gather(
  { rows, cells, suspects }: GatheredRows,
  found: readonly (readonly unknown[])[],
  names: readonly string[],
  texts: readonly string[],
): void {
  const [numbers = [], suspect = [], broken = [], ...columns] = found;
  const isGood = (_: unknown, at: number): boolean => suspect[at] !== true;
  const allGood = !suspect.includes(true);
  for (const row of allGood ? numbers : numbers.filter(isGood)) rows.push(Number(row));
  for (const [at, name] of names.entries()) {
    const into = cells[name]!;
    for (const cell of allGood ? columns[at]! : columns[at]!.filter(isGood)) into.push(cell);
  }
  if (allGood) return;
  for (const [at, row] of numbers.entries()) {
    if (suspect[at] !== true) continue;
    const values = suspectValues(columns, at, names, texts);
    suspects.push({ row: Number(row), values, broken: broken[at] === true });
  }
}

/** What was read of a row, and the text where that was nothing. */
function suspectValues(
  columns: readonly (readonly unknown[])[],
  row: number,
  names: readonly string[],
  texts: readonly string[],
): Values {
  const entries = names.map((name, column): [string, string | number | null] => {
    const at = texts.indexOf(name);
    const text = at < 0 ? null : plain(columns[names.length + at]?.[row]);
    return [name, plain(columns[column]?.[row]) ?? (text === '' ? null : text)];
  });
  return Object.fromEntries(entries);
}

function batchOf({ rows, cells, suspects }: GatheredRows, signature: Signature): RowBatch {
  const numbers = new Float32Array(rows.length * signature.numbers.length);
  for (const [at, name] of signature.numbers.entries()) {
    spread(cells[name], numbers, at, signature.numbers.length);
  }
  const times = new Float64Array(rows.length * signature.times.length);
  for (const [at, name] of signature.times.entries()) {
    spread(cells[name], times, at, signature.times.length, Math.trunc);
  }
  const width = signature.categories.length;
  const categories = Array.from<string>({ length: rows.length * width });
  for (const [at, name] of signature.categories.entries()) {
    const column = cells[name] ?? [];
    for (let row = 0; row < rows.length; row++) {
      const cell = column[row];
      categories[row * width + at] = typeof cell === 'string' ? cell : '';
    }
  }
  const valuesOf = (at: number): Values =>
    Object.fromEntries(Object.entries(cells).map(([name, column]) => [name, plain(column[at])]));
  return { batch: { rows: rows.length, numbers, categories, times }, rows, suspects, valuesOf };
}

function spread(
  cells: readonly unknown[] = [],
  into: Float32Array | Float64Array,
  at: number,
  width: number,
  as: (value: number) => number = (value) => value,
): void {
  for (let row = 0; row * width < into.length; row++) {
    const cell = cells[row];
    into[row * width + at] = typeof cell === 'number' ? as(cell) : NaN;
  }
}

function plain(cell: unknown): string | number | null {
  return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
}
