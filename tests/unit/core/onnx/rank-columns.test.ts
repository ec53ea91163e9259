import { expect, it } from 'vitest';
import { RankColumns } from '../../../../core/onnx/rank-columns.ts';

it('an order of categories has one column, however many splits cut it', () => {
  const ascending = Uint8Array.of(0, 1, 2);
  const descending = Uint8Array.of(2, 1, 0);
  const columns = new RankColumns(3);

  const numbers = [ascending, descending, ascending].map((ranks) => columns.add(ranks));

  expect(numbers).toEqual([0, 1, 0]);
  // Code after code, so that one lookup finds all ranks of a category.
  expect(columns.table()).toEqual({
    codes: 3,
    columns: 2,
    values: Uint8Array.of(0, 2, 1, 1, 2, 0),
  });
});
