/** Room that rows are gathered in, a chunk of DuckDB after the other. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { CHUNK_ROWS, numbersOf } from '../data/chunk-numbers.ts';
import { emptyCells, valueAt, type Cells, type CellSource } from './cells.ts';

export type Values = Readonly<Record<string, string | number | null>>;

export interface SuspectRow {
  /** Number in the object, from 0. */
  readonly row: number;
  /** Text that does not read as what was declared stays text. */
  readonly values: Values;
  /** Its line is none of the format. */
  readonly broken: boolean;
}

/** The same room is used again and again: new one for every batch would have to be collected. */
export interface GatheredRows {
  count: number;
  /** Numbers in the object. */
  readonly numbers: Uint32Array;
  /** Places among the numbers of rows that are no suspects. */
  readonly places: number[];
  readonly cells: readonly Cells[];
  readonly suspects: SuspectRow[];
}

/** More make ONNX Runtime no faster, and take more memory. */
const ROWS_AT_ONCE = 16_384;

/** The last chunk goes beyond. */
export const MOST_ROWS = ROWS_AT_ONCE + CHUNK_ROWS;

/** Columns before those of the features: number, whether suspect, whether broken. */
const FIRST_FEATURE = 3;

export function emptyRows(sources: readonly CellSource[]): GatheredRows {
  return {
    count: 0,
    numbers: new Uint32Array(MOST_ROWS),
    places: [],
    cells: sources.map((source) => emptyCells(source, MOST_ROWS)),
    suspects: [],
  };
}

export function areEnough({ count }: GatheredRows): boolean {
  return count >= ROWS_AT_ONCE;
}

export function forget(gathered: GatheredRows): void {
  gathered.count = 0;
  gathered.places.length = 0;
  gathered.suspects.length = 0;
}

/** @param texts names of features of which the chunk has texts, behind the features */
export function gather(
  gathered: GatheredRows,
  chunk: DuckDBDataChunk,
  texts: readonly string[],
): void {
  const { numbers, places, cells, suspects, count } = gathered;
  numbers.set(numbersOf(chunk, 0), count);
  for (const [at, { take }] of cells.entries()) take(chunk, FIRST_FEATURE + at, count);
  const isSuspect = numbersOf(chunk, 1);
  for (let row = 0; row < isSuspect.length; row++) {
    const place = count + row;
    if (isSuspect[row] === 0) {
      places.push(place);
      continue;
    }
    const textAt = (name: string): unknown => {
      const at = texts.indexOf(name);
      const column = FIRST_FEATURE + cells.length + at;
      return at < 0 ? null : chunk.getColumnVector(column).getItem(row);
    };
    suspects.push({
      row: numbers[place]!,
      values: suspectValues(cells, place, textAt),
      broken: chunk.getColumnVector(2).getItem(row) === true,
    });
  }
  gathered.count += isSuspect.length;
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
