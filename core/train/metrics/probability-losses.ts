/** How far probabilities are from what happened. */

/** Probabilities are kept this far from 0 and 1, so that one certain mistake is not infinite. */
const CERTAINTY = 1e-15;

/**
 * Returns the mean of `-ln(probability given to what happened)`, in nats (Good, Rational
 * decisions, 1952). O(n)
 *
 * @param truth 0 or 1 a row
 */
export function logLoss(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    const given = truth[row] === 1 ? predicted[row]! : 1 - predicted[row]!;
    total -= Math.log(Math.min(1 - CERTAINTY, Math.max(CERTAINTY, given)));
  }
  return total / truth.length;
}

/**
 * Returns the mean squared distance of probabilities from 0 or 1 (Brier, Verification of
 * forecasts expressed in terms of probability, 1950). O(n)
 */
export function brierScore(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < truth.length; row++) total += (predicted[row]! - truth[row]!) ** 2;
  return total / truth.length;
}
