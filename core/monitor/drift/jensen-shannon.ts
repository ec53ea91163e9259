/** Jensen-Shannon: how far two distributions are from what lies between them. */
import { requireSameBins } from './shares.ts';

/**
 * Returns the Jensen-Shannon distance, the root of the mean of the Kullback-Leibler divergences of
 * both distributions from their mean, in nats: the base of `scipy.spatial.distance.jensenshannon`
 * where none is named (Endres and Schindelin, A new metric for probability distributions, 2003).
 * Empty bins need no smoothing.
 *
 * @param reference share of reference rows in each bin; sums to 1
 * @param current share of current rows in the same bins; sums to 1
 * @returns 0 to √ln 2, which is 0.8326. O(bins)
 * @throws {RangeError} if the numbers of bins differ
 */
export function jensenShannon(reference: readonly number[], current: readonly number[]): number {
  requireSameBins(reference, current);
  let total = 0;
  for (const [bin, expected] of reference.entries()) {
    const actual = current[bin]!;
    const between = (expected + actual) / 2;
    if (expected > 0) total += expected * Math.log(expected / between);
    if (actual > 0) total += actual * Math.log(actual / between);
  }
  return Math.sqrt(Math.max(0, total / 2));
}
