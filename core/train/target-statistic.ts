/** Categories as the mean target that training saw with them, pulled towards the overall mean. */
import type { CategoryColumn } from '../data/columns.ts';
import type { CategoryCode } from '../onnx/encoding.ts';
import { hashOf } from './random.ts';

const FOLDS = 5;

export interface FittedStatistic {
  readonly code: CategoryCode;
  /** Training rows, each encoded without the targets of its own fold. */
  readonly outOfFold: Float32Array;
}

/**
 * Returns the smoothed target mean of each category: `(sum + smoothing × mean) / (rows + smoothing)`
 * (Micci-Barreca, A preprocessing scheme for high-cardinality categorical attributes, 2001).
 *
 * A training row must not see its own target, or the model would trust the statistic too much;
 * so it gets the statistic of the other four fifths of the rows, the fifth being drawn by seed.
 * Missing is a category of its own; one with no rows has the overall mean.
 */
export function fitTargetStatistic(
  name: string,
  { dictionary, codes }: CategoryColumn,
  target: Float64Array,
  smoothing: number,
  seed: number,
): FittedStatistic {
  const missing = dictionary.length;
  const slotOf = Int32Array.from(dictionary, (text, code) => (text === '' ? missing : code));
  const slots = missing + 1;
  const rows = new Float64Array(slots * (FOLDS + 1));
  const sums = new Float64Array(slots * (FOLDS + 1));
  const cells = new Int32Array(codes.length);
  let total = 0;
  for (let row = 0; row < codes.length; row++) {
    const slot = slotOf[codes[row]!] ?? missing;
    const cell = slot * (FOLDS + 1) + 1 + (hashOf(seed, row) % FOLDS);
    cells[row] = cell;
    rows[cell]!++;
    sums[cell]! += target[row]!;
    total += target[row]!;
  }
  const mean = total / codes.length;
  const smooth = (sum: number, count: number): number =>
    count + smoothing === 0 ? mean : (sum + smoothing * mean) / (count + smoothing);

  const values = new Map<string, number>();
  const byCell = new Float32Array(cells.length === 0 ? 0 : rows.length);
  for (let slot = 0; slot < slots; slot++) {
    const all = slot * (FOLDS + 1);
    for (let fold = 1; fold <= FOLDS; fold++) {
      rows[all]! += rows[all + fold]!;
      sums[all]! += sums[all + fold]!;
    }
    for (let fold = 1; fold <= FOLDS; fold++) {
      byCell[all + fold] = smooth(sums[all]! - sums[all + fold]!, rows[all]! - rows[all + fold]!);
    }
    if (rows[all]! > 0) {
      values.set(dictionary[slot] ?? '', Math.fround(smooth(sums[all]!, rows[all]!)));
    }
  }
  return {
    code: { name, kind: 'statistic', values, unseen: Math.fround(mean) },
    outOfFold: Float32Array.from(cells, (cell) => byCell[cell]!),
  };
}
