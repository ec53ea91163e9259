/** Population stability index: how far a distribution has moved from the one it is compared with. */

import { requireSameBins } from './shares.ts';

/** A share is zero where the index needs its logarithm. */
export class EmptyBinError extends RangeError {
  override readonly name = 'EmptyBinError';

  constructor(bin: number) {
    super(
      `bin ${bin} has no rows, so PSI is undefined; pass the counts through smoothShares() first`,
    );
  }
}

/**
 * Returns the population stability index between two binned distributions, the sum over bins of
 * `(current - reference) * ln(current / reference)`.
 *
 * It is symmetric, never negative, and zero only for equal distributions. By a rule of thumb
 * under 0.1 is stable, 0.1 to 0.25 is worth a look, and above is a shift (Siddiqi, Credit Risk
 * Scorecards, 2006).
 *
 * @param reference share of reference rows in each bin; sums to 1
 * @param current share of current rows in the same bins; sums to 1
 * @returns the index, in nats; O(bins)
 * @throws {RangeError} if the lengths differ
 * @throws {EmptyBinError} if a share is zero
 * @example
 * psi([0.5, 0.5], [0.6, 0.4]); // => 0.0405...
 */
export function psi(reference: readonly number[], current: readonly number[]): number {
  requireSameBins(reference, current);
  let total = 0;
  for (const [bin, expected] of reference.entries()) {
    const actual = current[bin] ?? 0;
    if (expected <= 0 || actual <= 0) throw new EmptyBinError(bin);
    total += (actual - expected) * Math.log(actual / expected);
  }
  return total;
}

/**
 * Turns counts into shares without zeros: half a row is added to every bin (Jeffreys' prior of a
 * multinomial), so an empty bin weighs less the more rows were looked at.
 *
 * @returns shares that sum to 1; equal ones where there are no rows
 */
export function smoothShares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0) + counts.length / 2;
  return counts.map((count) => (count + 0.5) / total);
}
