/** The trivial predictor that a model must beat: what the target was on average. */
import { columnOf, type Columns } from '../data/columns.ts';
import type { GroupMeans } from '../data/profile.ts';
import type { Baseline } from '../model/definition.ts';

export interface BaselineModel {
  /** One prediction a row; of several classes the share of each, row after row. */
  predict(columns: Pick<Columns, 'rows' | 'categories'>): Float64Array;
  /** What it has learned, to be kept beside a version; of several classes of the first. */
  means(): GroupMeans;
}

interface Sums {
  rows: number;
  readonly totals: Float64Array;
}

/**
 * Learns the target's mean in each group, a group being one combination of the categories in
 * `by`; of several classes the share of each. A group that training never saw has the overall
 * mean.
 *
 * @param classes of a multiclass target. @default 1
 * @throws {RangeError} if there are no rows
 */
export function fitBaseline({ by = [] }: Baseline, training: Columns, classes = 1): BaselineModel {
  if (training.rows === 0)
    throw new RangeError('no rows to learn a baseline from; check the split');
  const empty = (): Sums => ({ rows: 0, totals: new Float64Array(classes) });
  const sums = new Map<string, Sums>();
  const overall = empty();
  const groupOf = groupsOf(training, by);
  for (let row = 0; row < training.rows; row++) {
    const group = groupOf(row);
    const own = sums.get(group) ?? empty();
    sums.set(group, own);
    const label = training.target[row]!;
    for (const sum of [own, overall]) {
      sum.rows++;
      if (classes > 1) sum.totals[label]! += 1;
      else sum.totals[0]! += label;
    }
  }
  return {
    predict(columns) {
      const groupIn = groupsOf(columns, by);
      const predicted = new Float64Array(columns.rows * classes);
      for (let row = 0; row < columns.rows; row++) {
        const { rows, totals } = sums.get(groupIn(row)) ?? overall;
        for (let at = 0; at < classes; at++) predicted[row * classes + at] = totals[at]! / rows;
      }
      return predicted;
    },
    means: () => ({
      by,
      overall: meanOf(overall),
      groups: Object.fromEntries(
        [...sums]
          .toSorted(([, a], [, b]) => b.rows - a.rows)
          .slice(0, MOST_GROUPS)
          .map(([group, own]) => [group, meanOf(own)]),
      ),
    }),
  };
}

/** More would make a profile larger than it is worth; the others have the overall mean. */
const MOST_GROUPS = 10_000;

function meanOf({ totals, rows }: Sums): number {
  return totals[0]! / rows;
}

/** One prediction a row out of kept means. */
export function predictByMeans(
  { by, overall, groups }: GroupMeans,
  columns: Pick<Columns, 'rows' | 'categories'>,
): Float64Array {
  const groupOf = groupsOf(columns, by);
  return Float64Array.from({ length: columns.rows }, (_, row) => groups[groupOf(row)] ?? overall);
}

/** Names the group of a row. */
function groupsOf(
  columns: Pick<Columns, 'categories'>,
  by: readonly string[],
): (row: number) => string {
  const categories = by.map((name) => columnOf(columns.categories, name));
  return (row) =>
    categories.map(({ dictionary, codes }) => dictionary[codes[row]!] ?? '').join('\u0000');
}
