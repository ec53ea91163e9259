/** A table of features in memory, column by column, as trainers and monitors read it. */
import type { InputBatch, Signature } from '../model/signature.ts';

/** Text as codes into a dictionary of distinct values. */
export interface CategoryColumn {
  readonly dictionary: readonly string[];
  /** Index into the dictionary; -1 is missing. The empty string counts as missing too. */
  readonly codes: Int32Array;
}

export interface Columns {
  readonly rows: number;
  /** By feature; NaN is missing. */
  readonly numbers: Readonly<Record<string, Float32Array>>;
  readonly categories: Readonly<Record<string, CategoryColumn>>;
  /** Milliseconds since 1970, by feature; NaN is missing. */
  readonly times: Readonly<Record<string, Float64Array>>;
  /**
   * The label of each row: 0 or 1 for a binary target, a class's place in the declared order for
   * a multiclass one. Never NaN. Empty where rows have none.
   */
  readonly target: Float64Array;
  /** How much each row counts in training. @default 1 */
  readonly weights?: Float64Array;
}

/**
 * Rows `from` (inclusive) to `to` (exclusive) as the graph takes them.
 *
 * @throws {Error} if the table lacks a column of the signature
 */
export function toInputBatch(
  columns: Columns,
  signature: Signature,
  from = 0,
  to = columns.rows,
): InputBatch {
  const rows = to - from;
  const numbers = new Float32Array(rows * signature.numbers.length);
  for (const [at, name] of signature.numbers.entries()) {
    spread(columnOf(columns.numbers, name), from, numbers, at, signature.numbers.length);
  }
  const times = new Float64Array(rows * signature.times.length);
  for (const [at, name] of signature.times.entries()) {
    spread(columnOf(columns.times, name), from, times, at, signature.times.length);
  }
  const categories = Array.from<string>({ length: rows * signature.categories.length });
  for (const [at, name] of signature.categories.entries()) {
    const { dictionary, codes } = columnOf(columns.categories, name);
    for (let row = 0; row < rows; row++) {
      categories[row * signature.categories.length + at] = dictionary[codes[from + row]!] ?? '';
    }
  }
  return { rows, numbers, categories, times };
}

/** The column of a feature. @throws {Error} if the table has none of that name */
export function columnOf<Column>(columns: Readonly<Record<string, Column>>, name: string): Column {
  const column = columns[name];
  if (column === undefined) {
    throw new Error(
      `table has no column '${name}' (has: ${Object.keys(columns).join(', ') || 'none'}); ` +
        'load every feature that the model declares',
    );
  }
  return column;
}

function spread(
  column: Float32Array | Float64Array,
  from: number,
  tensor: Float32Array | Float64Array,
  at: number,
  width: number,
): void {
  for (let cell = at, row = from; cell < tensor.length; cell += width, row++) {
    tensor[cell] = column[row]!;
  }
}
