/** The trivial predictor that a model must beat: what the target was on average. */
import { columnOf, type Columns } from '../data/columns.ts';
import type { Baseline } from '../model/definition.ts';

export interface BaselineModel {
  /** One prediction a row. */
  predict(columns: Columns): Float64Array;
}

/**
 * Learns the target's mean in each group, a group being one combination of the categories in
 * `by`. A group that training never saw has the overall mean.
 *
 * @throws {RangeError} if there are no rows
 */
export function fitBaseline({ by = [] }: Baseline, training: Columns): BaselineModel {
  if (training.rows === 0)
    throw new RangeError('no rows to learn a baseline from; check the split');
  const sums = new Map<string, { rows: number; total: number }>();
  const overall = { rows: 0, total: 0 };
  const groupOf = groupsOf(training, by);
  for (let row = 0; row < training.rows; row++) {
    const group = groupOf(row);
    const own = sums.get(group) ?? { rows: 0, total: 0 };
    sums.set(group, own);
    for (const sum of [own, overall]) {
      sum.rows++;
      sum.total += training.target[row]!;
    }
  }
  return {
    predict(columns) {
      const groupIn = groupsOf(columns, by);
      return Float64Array.from({ length: columns.rows }, (_, row) => {
        const { rows, total } = sums.get(groupIn(row)) ?? overall;
        return total / rows;
      });
    },
  };
}

/** Names the group of a row. */
function groupsOf(columns: Columns, by: readonly string[]): (row: number) => string {
  const categories = by.map((name) => columnOf(columns.categories, name));
  return (row) =>
    categories.map(({ dictionary, codes }) => dictionary[codes[row]!] ?? '').join('\u0000');
}
