/** Chi-squared: whether two samples fall into bins alike. */
import { chiSquaredTail } from '../distributions.ts';
import { requireSameBins, totalOf } from './shares.ts';

export interface ChiSquared {
  readonly statistic: number;
  readonly degrees: number;
  /** Chance of a statistic at least as large, were both samples from one distribution. */
  readonly pValue: number;
  /**
   * Cohen's w, which many rows do not make larger: 0.1 is small, 0.3 medium, 0.5 large (Cohen,
   * Statistical power analysis for the behavioral sciences, 1988, 7.2). Half a row is added to each
   * bin of the reference.
   */
  readonly effect: number;
}

/**
 * Tests a table of two rows for homogeneity (Pearson, 1900), with Yates' correction where there
 * are two bins, as `scipy.stats.chi2_contingency` does. Bins that neither sample has are left out.
 * O(bins)
 *
 * @throws {RangeError} if the numbers of bins differ
 */
export function chiSquared(reference: readonly number[], current: readonly number[]): ChiSquared {
  requireSameBins(reference, current);
  const [n, m] = [totalOf(reference), totalOf(current)];
  const used = [...reference.keys()].filter((bin) => reference[bin]! + current[bin]! > 0);
  const degrees = used.length - 1;
  if (degrees < 1 || n === 0 || m === 0) return { statistic: 0, degrees: 0, pValue: 1, effect: 0 };
  let statistic = 0;
  let squares = 0;
  for (const bin of used) {
    const both = (reference[bin]! + current[bin]!) / (n + m);
    for (const [rows, total] of [
      [reference[bin]!, n],
      [current[bin]!, m],
    ] as const) {
      const expected = both * total;
      const off = Math.abs(rows - expected);
      statistic += (degrees === 1 ? Math.max(0, off - Math.min(0.5, off)) : off) ** 2 / expected;
    }
    const usual = (reference[bin]! + 0.5) / (n + used.length / 2);
    squares += (current[bin]! / m - usual) ** 2 / usual;
  }
  return {
    statistic,
    degrees,
    pValue: chiSquaredTail(statistic, degrees),
    effect: Math.sqrt(squares),
  };
}
