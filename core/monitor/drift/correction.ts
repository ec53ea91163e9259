/** With many features, one is unlikely by chance: p-values that take account of how many there are. */
import type { DriftMonitor } from '../../model/monitors.ts';

/**
 * Returns corrected p-values in the order of the given ones. Benjamini-Hochberg holds the share of
 * false findings among the findings (Controlling the false discovery rate, 1995); Holm the chance
 * of any false one (A simple sequentially rejective multiple test procedure, 1979). O(n log n)
 */
export function correctPValues(
  pValues: readonly number[],
  correction: NonNullable<DriftMonitor['correction']>,
): number[] {
  if (correction === 'none') return [...pValues];
  const total = pValues.length;
  const order = [...pValues.keys()].toSorted((a, b) => pValues[a]! - pValues[b]!);
  const corrected = Array.from<number>({ length: total });
  if (correction === 'holm') {
    let largest = 0;
    for (const [rank, at] of order.entries()) {
      largest = Math.max(largest, Math.min(1, pValues[at]! * (total - rank)));
      corrected[at] = largest;
    }
    return corrected;
  }
  let smallest = 1;
  for (const [rank, at] of [...order.entries()].toReversed()) {
    smallest = Math.min(smallest, (pValues[at]! * total) / (rank + 1));
    corrected[at] = smallest;
  }
  return corrected;
}
