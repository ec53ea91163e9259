/**
 * Turns questions about sets of categories into questions about small groups.
 *
 * ONNX Runtime answers 'is x in this set' with one bit test where a set holds whole numbers from
 * 1 to 32, and with a search member by member where it holds others. So a category becomes several
 * columns: in each, its values are divided into at most 32 groups, such that every set of the trees
 * is made of whole groups of one column.
 */

import { type CodeTable, codeTable } from './code-table.ts';

const MOST_GROUPS = 32;
/** Columns that a set is tried to fit into, newest first; trying more finds little. */
const COLUMNS_TRIED = 6;

export interface GroupedSet {
  /** Column whose groups make up the set. */
  readonly column: number;
  readonly groups: readonly number[];
}

export class SetColumns {
  private readonly codes: number;
  /** By column, the group of each code, from 1. */
  private readonly columns: Uint8Array[] = [];
  private readonly columnOf = new Map<Uint8Array, number>();

  /** @param codes how many there are; they count from 0 */
  constructor(codes: number) {
    this.codes = codes;
  }

  /** Makes sure that a column's groups can make up the set: by code, 1 for the members. */
  add(members: Uint8Array): void {
    const newest = this.columns.length - 1;
    for (let at = newest; at >= 0 && at > newest - COLUMNS_TRIED; at--) {
      const divided = this.divide(this.columns[at]!, members);
      if (!divided) continue;
      this.columns[at] = divided;
      this.columnOf.set(members, at);
      return;
    }
    this.columns.push(this.divide(new Uint8Array(this.codes).fill(1), members)!);
    this.columnOf.set(members, newest + 1);
  }

  /** A set that was added, in the groups that there are when all have been. */
  grouped(members: Uint8Array): GroupedSet {
    const column = this.columnOf.get(members)!;
    const groups = new Set<number>();
    for (const [code, group] of this.columns[column]!.entries()) {
      if (members[code] === 1) groups.add(group);
    }
    return { column, groups: [...groups].toSorted((a, b) => a - b) };
  }

  table(): CodeTable {
    return codeTable(this.codes, this.columns);
  }

  /** Groups whose codes are all members or all not; undefined if these would be too many. */
  private divide(groupOf: Uint8Array, members: Uint8Array): Uint8Array | undefined {
    const numbers = new Map<number, number>();
    const divided = new Uint8Array(this.codes);
    for (let code = 0; code < this.codes; code++) {
      const half = groupOf[code]! * 2 + members[code]!;
      const number = numbers.get(half) ?? numbers.size + 1;
      if (number > MOST_GROUPS) return undefined;
      numbers.set(half, number);
      divided[code] = number;
    }
    return divided;
  }
}
