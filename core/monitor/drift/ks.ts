/** Kolmogorov-Smirnov: the farthest that two distribution functions lie apart. */
import type { Sketch } from '../../data/sketch.ts';
import { kolmogorovTail } from '../distributions.ts';
import { requireSameBins, totalOf } from './shares.ts';

export interface KolmogorovSmirnov {
  /** 0 to 1. */
  readonly statistic: number;
  /** Chance of a statistic at least as large, were both samples from one distribution. */
  readonly pValue: number;
  /** The statistic of the values themselves is larger by this at most. */
  readonly error: number;
}

/**
 * Compares two samples that are counted over the same edges. Read at the edges, the statistic is
 * exact where each bin holds one value, as of a feature of few values; where bins are wider, the
 * functions may lie farther apart inside one, by no more than the shares that lie in it. P-value:
 * two-sided, asymptotic, of `n₁n₂ / (n₁ + n₂)` rows (Massey, The Kolmogorov-Smirnov test for
 * goodness of fit, 1951), as `scipy.stats.ks_2samp(method='asymp')` gives it. O(bins)
 *
 * @throws {RangeError} if the numbers of bins differ
 */
export function kolmogorovSmirnov(reference: Sketch, current: Sketch): KolmogorovSmirnov {
  requireSameBins(reference.counts, current.counts);
  const [n, m] = [totalOf(reference.counts), totalOf(current.counts)];
  if (n === 0 || m === 0) return { statistic: 0, pValue: 1, error: 0 };
  let [below, beside, statistic, farthest] = [0, 0, 0, 0];
  for (const [bin, rows] of reference.counts.entries()) {
    const [before, besideBefore] = [below, beside];
    below += rows / n;
    beside += current.counts[bin]! / m;
    statistic = Math.max(statistic, Math.abs(below - beside));
    // Inside the bin, one may have reached its end where the other has not begun.
    if (!holdsOneValue(reference, current, bin)) {
      farthest = Math.max(farthest, below - besideBefore, beside - before);
    }
  }
  return {
    statistic,
    pValue: kolmogorovTail(statistic, Math.round((n * m) / (n + m))),
    error: Math.max(0, farthest - statistic),
  };
}

/** Values go up to a bin's edge, so those whose mean lies there all do. */
function holdsOneValue(reference: Sketch, current: Sketch, bin: number): boolean {
  const at = reference.edges[bin] ?? reference.means[bin]!;
  return [reference, current].every(
    ({ counts, means }) => counts[bin] === 0 || Math.abs(means[bin]! - at) <= 1e-9 * Math.abs(at),
  );
}
