/** Area under the ROC curve. */

/**
 * Returns the chance that a positive row is ranked above a negative one, ties counting half:
 * `(sum of the positives' ranks - p(p+1)/2) / (p × n)`, tied rows sharing their mean rank
 * (Mann-Whitney U; Hanley and McNeil, The meaning and use of the area under a ROC curve, 1982).
 *
 * @param truth 0 or 1 a row
 * @param predicted a score a row, larger for more likely positive
 * @returns 0 to 1; NaN if the rows are all of one class. O(n log n)
 */
export function auc(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const positives = scoresWhere(truth, predicted, 1);
  const negatives = scoresWhere(truth, predicted, 0);
  let won = 0;
  let below = 0;
  let tiedTo = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    tiedTo = Math.max(tiedTo, below);
    while (tiedTo < negatives.length && negatives[tiedTo] === score) tiedTo++;
    won += below + (tiedTo - below) / 2;
  }
  return won / (positives.length * negatives.length);
}

/** Scores of one class in ascending order; typed arrays sort numbers ten times as fast as indices. */
function scoresWhere(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  label: number,
): Float64Array {
  const scores = new Float64Array(truth.length);
  let count = 0;
  for (let row = 0; row < truth.length; row++) {
    if (truth[row] === label) scores[count++] = predicted[row]!;
  }
  return scores.subarray(0, count).toSorted();
}
