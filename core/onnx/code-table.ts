/** Small whole numbers that the graph looks up by the code of a category. */

/** Columns of numbers, code after code. */
export interface CodeTable {
  readonly codes: number;
  readonly columns: number;
  readonly values: Uint8Array;
}

/** @param columns by code; there may be none, but a table has at least one */
export function codeTable(codes: number, columns: readonly Uint8Array[]): CodeTable {
  const width = Math.max(1, columns.length);
  const values = new Uint8Array(codes * width);
  for (const [at, column] of columns.entries()) {
    for (let code = 0; code < codes; code++) values[code * width + at] = column[code]!;
  }
  return { codes, columns: width, values };
}
