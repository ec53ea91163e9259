import { expect, it } from 'vitest';
import { SetColumns } from '../../../../core/onnx/set-columns.ts';
import { hashOf } from '../../../../core/train/random.ts';

const CODES = 200;

function setOf(seed: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => hashOf(seed, code) % 2);
}

it('every set is made of whole groups of one column, of which none has more than 32', () => {
  const sets = Array.from({ length: 60 }, (_, seed) => setOf(seed));
  const columns = new SetColumns(CODES);
  for (const set of sets) columns.add(set);
  const table = columns.table();

  for (const set of sets) {
    const { column, groups } = columns.grouped(set);
    const chosen = new Set(groups);
    for (let code = 0; code < CODES; code++) {
      expect(chosen.has(table.values[code * table.columns + column]!)).toBe(set[code] === 1);
    }
  }
  expect(Math.max(...table.values)).toBeLessThanOrEqual(32);
  expect(Math.min(...table.values)).toBeGreaterThanOrEqual(1);
  expect(table.columns).toBeLessThan(sets.length);
});

it('sets that are alike share a column', () => {
  const columns = new SetColumns(CODES);
  for (let cut = 10; cut < CODES; cut += 10) {
    columns.add(Uint8Array.from({ length: 256 }, (_, code) => Number(code < cut)));
  }

  expect(columns.table().columns).toBe(1);
});
