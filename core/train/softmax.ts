/** Probabilities of classes. */

/** Returns each class's share of `e^score`, row after row. `scores[class][row]` */
export function softmax(scores: readonly Float64Array[]): Float64Array {
  const classes = scores.length;
  const rows = scores[0]?.length ?? 0;
  const probabilities = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    let largest = -Infinity;
    for (const of of scores) largest = Math.max(largest, of[row]!);
    let total = 0;
    for (const of of scores) total += Math.exp(of[row]! - largest);
    for (const [at, of] of scores.entries()) {
      probabilities[row * classes + at] = Math.exp(of[row]! - largest) / total;
    }
  }
  return probabilities;
}
