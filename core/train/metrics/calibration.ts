/** Whether what is predicted with 30 % happens in 30 % of cases. */

export interface CalibrationBin {
  readonly rows: number;
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share of rows that turned out positive. */
  readonly observed: number;
}

/**
 * Groups rows by predicted probability into bins of equal width over 0 to 1, for a reliability
 * diagram (Niculescu-Mizil and Caruana, Predicting good probabilities with supervised learning,
 * 2005). Bins without rows are left out. O(n)
 *
 * @param truth 0 or 1 a row
 */
export function calibrationBins(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  bins = 10,
): CalibrationBin[] {
  const rows = new Float64Array(bins);
  const sums = new Float64Array(bins);
  const positives = new Float64Array(bins);
  for (let row = 0; row < truth.length; row++) {
    const bin = Math.min(bins - 1, Math.floor(predicted[row]! * bins));
    rows[bin]!++;
    sums[bin]! += predicted[row]!;
    positives[bin]! += truth[row]!;
  }
  return Array.from(rows, (count, bin) => ({
    rows: count,
    predicted: sums[bin]! / count,
    observed: positives[bin]! / count,
  })).filter((bin) => bin.rows > 0);
}
