/** The ranks of a category, a column for every order that trees cut in two. */
import { type CodeTable, codeTable } from './code-table.ts';

export class RankColumns {
  private readonly codes: number;
  private readonly columns = new Map<Uint8Array, number>();

  /** @param codes how many there are; they count from 0 */
  constructor(codes: number) {
    this.codes = codes;
  }

  /** Makes sure that there is a column of these ranks, by code; returns its number. */
  add(ranks: Uint8Array): number {
    const column = this.columns.get(ranks) ?? this.columns.size;
    this.columns.set(ranks, column);
    return column;
  }

  table(): CodeTable {
    return codeTable(this.codes, [...this.columns.keys()]);
  }
}
