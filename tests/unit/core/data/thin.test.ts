import { expect, it } from 'vitest';
import type { Columns } from '../../../../core/data/columns.ts';
import { thinColumns } from '../../../../core/data/thin.ts';

const columns: Columns = {
  rows: 6,
  numbers: { n: Float32Array.of(0, 1, 2, 3, 4, 5) },
  categories: { c: { dictionary: ['a', 'b'], codes: Int32Array.of(0, 1, 0, 1, 0, -1) } },
  times: { t: Float64Array.of(0, 10, 20, 30, 40, 50) },
  target: Float64Array.of(0, 1, 0, 1, 0, 1),
};

it('keeps rows evenly spread over the table', () => {
  expect(thinColumns(columns, 1 / 3)).toEqual({
    rows: 2,
    numbers: { n: Float32Array.of(0, 3) },
    categories: { c: { dictionary: ['a', 'b'], codes: Int32Array.of(0, 1) } },
    times: { t: Float64Array.of(0, 30) },
    target: Float64Array.of(0, 1),
  });
});

it('keeps the table itself when all rows are asked for, and never none', () => {
  expect(thinColumns(columns, 1)).toBe(columns);
  expect(thinColumns(columns, 0.001).rows).toBe(1);
});
