/** How far predicted values are from true ones, in the target's unit. */

/** Root of the mean squared error. O(n) */
export function rmse(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < truth.length; row++) total += (predicted[row]! - truth[row]!) ** 2;
  return Math.sqrt(total / truth.length);
}

/** Mean absolute error. O(n) */
export function mae(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  let total = 0;
  for (let row = 0; row < truth.length; row++) total += Math.abs(predicted[row]! - truth[row]!);
  return total / truth.length;
}
