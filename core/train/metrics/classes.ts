/** How good the probabilities of several classes are. `predicted` has them row after row. */
import { auc } from './auc.ts';

const CERTAINTY = 1e-15;

/** Returns the share of rows whose class has the largest probability; the first of equals wins. O(n) */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let right = 0;
  for (let row = 0; row < truth.length; row++) {
    if (likeliestClass(truth, predicted, row) === truth[row]) right++;
  }
  return right / truth.length;
}

/** Returns the class with the largest probability in a row; the first of equals. */
export function likeliestClass(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  row: number,
): number {
  const classes = predicted.length / truth.length;
  let best = 0;
  for (let at = 1; at < classes; at++) {
    if (predicted[row * classes + at]! > predicted[row * classes + best]!) best = at;
  }
  return best;
}

/** Returns the mean of `-ln(probability given to the true class)`, in nats. O(n) */
export function softmaxLogLoss(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const classes = predicted.length / truth.length;
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    total -= Math.log(Math.max(CERTAINTY, predicted[row * classes + truth[row]!]!));
  }
  return total / truth.length;
}

/**
 * Returns the mean over classes of the AUC of that class against the rest (Provost and Domingos,
 * Well-trained PETs, 2000, with equal weights). Classes that no row has are left out.
 */
export function macroAuc(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const classes = predicted.length / truth.length;
  const rows = Array.from({ length: truth.length }, (_, row) => row);
  const areas = Array.from({ length: classes }, (_, at) =>
    auc(
      rows.map((row) => Number(truth[row] === at)),
      rows.map((row) => predicted[row * classes + at]!),
    ),
  ).filter((area) => !Number.isNaN(area));
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
