/** Gathered rows as the graph takes them. */
import type { InputBatch, Signature } from '../model/signature.ts';
import { valueAt, type Cells } from './cells.ts';
import type { GatheredRows, SuspectRow, Values } from './gathered-rows.ts';

/** Rows that follow each other in their object. They last until the next ones are asked for. */
export interface RowBatch {
  /** Number in the object of the first of them. */
  readonly from: number;
  /** All of them, suspects too. */
  readonly count: number;
  /** Of those that are sure to be scored. */
  readonly batch: InputBatch;
  /** Number in the object of each row of the batch. */
  readonly rows: Uint32Array;
  readonly suspects: readonly SuspectRow[];
  /** Features of a row of the batch, as a caller would have sent them. */
  readonly valuesOf: (at: number) => Values;
}

/**
 * Returns what makes a batch of gathered rows. Its tensors use the same memory for each batch.
 *
 * @returns a function that throws {Error} if the rows do not follow each other
 */
export function batchMaker(
  signature: Signature,
  mostRows: number,
): (gathered: GatheredRows) => RowBatch {
  const room = {
    numbers: new Float32Array(mostRows * signature.numbers.length),
    times: new Float64Array(mostRows * signature.times.length),
    codes: new Int32Array(mostRows * signature.categories.length),
    rows: new Uint32Array(mostRows),
  };
  return ({ count, numbers, places, cells, suspects }) => {
    const from = numbers[0]!;
    if (numbers[count - 1] !== from + count - 1) {
      throw new Error(`${count} rows from ${from} on end with row ${numbers[count - 1]}`);
    }
    for (let at = 0; at < places.length; at++) room.rows[at] = numbers[places[at]!]!;
    return {
      from,
      count,
      batch: tensorsOf(cells, places, signature, room),
      rows: room.rows.subarray(0, places.length),
      suspects,
      valuesOf: (at) =>
        Object.fromEntries(cells.map((column) => [column.name, valueAt(column, places[at]!)])),
    };
  };
}

interface Room {
  readonly numbers: Float32Array;
  readonly times: Float64Array;
  readonly codes: Int32Array;
}

function tensorsOf(
  cells: readonly Cells[],
  places: readonly number[],
  signature: Signature,
  room: Room,
): InputBatch {
  const byName = new Map(cells.map((column) => [column.name, column]));
  const columnsOf = (names: readonly string[]): Cells[] => names.map((name) => byName.get(name)!);
  const rows = places.length;
  const numbers = room.numbers.subarray(0, rows * signature.numbers.length);
  const times = room.times.subarray(0, rows * signature.times.length);
  const codes = room.codes.subarray(0, rows * signature.categories.length);
  spread(columnsOf(signature.numbers), places, numbers);
  spread(columnsOf(signature.times), places, times);
  for (let at = 0; at < times.length; at++) times[at] = Math.trunc(times[at]!);
  const dictionary = encode(columnsOf(signature.categories), places, codes);
  let texts: string[] | undefined;
  return {
    rows,
    numbers,
    times,
    coded: { dictionary, codes },
    // A session that takes codes never asks for it.
    get categories() {
      texts ??= Array.from(codes, (code) => dictionary[code]!);
      return texts;
    },
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

/** @returns the dictionary; the empty string, which is its first, is missing */
function encode(columns: readonly Cells[], places: readonly number[], into: Int32Array): string[] {
  const dictionary = [''];
  for (const [at, { values, dictionary: texts }] of columns.entries()) {
    const first = dictionary.length;
    let cell = at;
    for (const place of places) {
      const code = values[place]!;
      into[cell] = code < 0 ? 0 : first + code;
      cell += columns.length;
    }
    for (const text of texts) dictionary.push(text);
  }
  return dictionary;
}
