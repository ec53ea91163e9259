/** Curves that show how good a prediction is, as points to draw. */
import type { Point } from './line-chart.ts';

/**
 * Receiver operating characteristic: of the rows that are 0, and of those that are 1, the share
 * at or above each output. At most 200 points. O(n log n)
 */
export function rocCurve(labels: Float64Array, outputs: Float64Array): Point[] {
  const order = rank(outputs).toReversed();
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  const points: Point[] = [[0, 0]];
  const every = Math.max(1, Math.floor(order.length / 200));
  let caught = 0;
  for (const [at, row] of order.entries()) {
    caught += labels[row]!;
    const next = order[at + 1];
    const isTied = next !== undefined && outputs[next] === outputs[row];
    const isDue = at + 1 - (points.length - 1) * every >= every || next === undefined;
    if (!isTied && isDue) points.push([(at + 1 - caught) / negatives, caught / positives]);
  }
  return points;
}

/**
 * Precision over recall: of the rows at or above each output, the share that are 1, over the share
 * of all ones that are among them. At most 200 points. O(n log n)
 */
export function precisionRecallCurve(labels: Float64Array, outputs: Float64Array): Point[] {
  const order = rank(outputs).toReversed();
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const points: Point[] = [];
  let caught = 0;
  for (const [at, row] of order.entries()) {
    caught += labels[row]!;
    const next = order[at + 1];
    const isTied = next !== undefined && outputs[next] === outputs[row];
    // Evenly spread over recall: the left end, where few rows are, swings most.
    const isDue = caught >= ((points.length + 1) * positives) / 200 || next === undefined;
    if (!isTied && isDue && caught > 0) points.push([caught / positives, caught / (at + 1)]);
  }
  return points;
}

/** Rows by ascending value; rows of the same value in their own order. */
function rank(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).toSorted((a, b) => values[a]! - values[b]! || a - b);
}
