/** Wasserstein: how far, on average, the values of one distribution must go to make the other. */
import type { Sketch } from '../../data/sketch.ts';
import { requireSameBins, totalOf } from './shares.ts';

/**
 * Returns the first Wasserstein distance, the area between the two distribution functions
 * (Vallender, Calculation of the Wasserstein distance between probability distributions on the
 * line, 1974), where the values of each bin lie at their mean. Exact where each bin holds one
 * value, or where no bin has rows of both; else wrong by no more than values lie away from their
 * bin's mean, on average.
 *
 * @returns in the unit of the values; 0 where a side has none. O(bins)
 * @throws {RangeError} if both are not counted over the same edges
 */
export function wasserstein(reference: Sketch, current: Sketch): number {
  requireSameBins(reference.counts, current.counts);
  const [n, m] = [totalOf(reference.counts), totalOf(current.counts)];
  if (n === 0 || m === 0) return 0;
  let [distance, ahead, at] = [0, 0, Number.NaN];
  const step = (to: number, share: number): void => {
    if (ahead !== 0) distance += Math.abs(ahead) * (to - at);
    ahead += share;
    at = to;
  };
  for (const [bin, rows] of reference.counts.entries()) {
    const expected = { place: reference.means[bin]!, share: rows / n };
    const actual = { place: current.means[bin]!, share: -current.counts[bin]! / m };
    const atoms = expected.place <= actual.place ? [expected, actual] : [actual, expected];
    for (const { place, share } of atoms) if (share !== 0) step(place, share);
  }
  return distance;
}
