/** Columns of a slice as numbers: text that repeats crosses from DuckDB as a place in a dictionary. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { numbersOf } from '../data/chunk-numbers.ts';
import { identifier, literal, rowsOf, type DuckDBConnection } from '../data/duckdb.ts';
import type { Feature } from '../model/features.ts';

/** Distinct values of a category up to which they are read first, each once. */
const MOST_CODES = 10_000;

/** How a feature is read. */
export interface CellSource {
  readonly name: string;
  readonly kind: Feature['kind'];
  /** Distinct texts of a category. @default it is read as text */
  readonly dictionary?: readonly string[] | undefined;
}

export interface Cells extends CellSource {
  /** A value a row: NaN where there is none; of a category a place in its dictionary, or -1. */
  readonly values: Float64Array;
  readonly dictionary: readonly string[];
  /** Takes the rows of a chunk, and puts them behind as many others; those beyond are forgotten. */
  readonly take: (chunk: DuckDBDataChunk, column: number, behind: number) => void;
}

/** @param from clause that gives the rows @returns nothing if there are too many */
export async function dictionaryOf(
  connection: DuckDBConnection,
  name: string,
  from: string,
): Promise<string[] | undefined> {
  const column = identifier(name);
  const found = await rowsOf(
    connection,
    `select distinct value from (select ${column} as value ${from}) where value <> '' limit ${MOST_CODES + 1}`,
  );
  if (found.length > MOST_CODES) return undefined;
  return found.map(({ value }) => String(value));
}

/** What is selected for a feature: a number without NULL, since each NULL is costly to find; or text. */
export function sqlOf({ name, kind, dictionary }: CellSource): string {
  const column = identifier(name);
  if (kind !== 'category') return `coalesce(${column}, 'nan'::double)`;
  if (dictionary === undefined) return column;
  if (dictionary.length === 0) return '-1::smallint';
  return `coalesce(enum_code(${column}::enum(${dictionary.map(literal).join(', ')}))::smallint, -1)`;
}

/** @param rows that there is room for */
export function emptyCells({ name, kind, dictionary }: CellSource, rows: number): Cells {
  const values = new Float64Array(rows);
  if (kind === 'category' && dictionary === undefined) {
    const texts: string[] = [];
    const take = (chunk: DuckDBDataChunk, column: number, behind: number): void => {
      if (behind === 0) texts.length = 0;
      for (const [row, text] of chunk.getColumnValues(column).entries()) {
        values[behind + row] = typeof text === 'string' ? texts.push(text) - 1 : -1;
      }
    };
    return { name, kind, values, dictionary: texts, take };
  }
  const take = (chunk: DuckDBDataChunk, column: number, behind: number): void =>
    values.set(numbersOf(chunk, column), behind);
  return { name, kind, values, dictionary: dictionary ?? [], take };
}

/** A cell as a caller would have sent it. */
export function valueAt(
  { kind, values, dictionary }: Cells,
  place: number,
): string | number | null {
  const value = values[place] ?? Number.NaN;
  if (kind === 'category') return dictionary[value] ?? null;
  return Number.isNaN(value) ? null : value;
}
