/** Ids of rows by their place, so that a row has the same id whenever and by whichever version it is scored. */
import { createHash } from 'node:crypto';

/**
 * Ids of the rows of an object: the first 80 bits name the object, the last 48 are the row's number
 * in it, shaped as a UUID (version 8, RFC 9562).
 */
export interface RowIds {
  text(row: number): string;
  /** Writes ids as DuckDB keeps a UUID: four words each, the lowest first. @param rows below 2^32 */
  write(words: Uint32Array, rows: Uint32Array): void;
}

export function idsOfRows(model: string, key: string): RowIds {
  const hex = createHash('sha256').update(`${model}/${key}`).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  const object = `${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17, 20)}`;
  const word = (from: number, to: number): number => Number.parseInt(object.slice(from, to), 16);
  // A UUID is a signed number of 128 bits to DuckDB, of which it turns the sign, to sort it.
  const [highest, high, low] = [word(0, 8) ^ 0x8000_0000, word(8, 16), word(16, 20) * 0x1_0000];
  const prefix = object.replace(/^(.{8})(.{4})(.{4})(.{4})$/, '$1-$2-$3-$4-');
  return {
    text: (row) => prefix + row.toString(16).padStart(12, '0'),
    write: (words, rows) => {
      for (let at = 0, place = 0; at < rows.length; at++) {
        words[place++] = rows[at]!;
        words[place++] = low;
        words[place++] = high;
        words[place++] = highest;
      }
    },
  };
}
