/** From counts to shares, which is what tests of drift compare. */

/** @returns shares that sum to 1; zeros where there are no rows */
export function sharesOf(counts: readonly number[]): number[] {
  const total = totalOf(counts) || 1;
  return counts.map((count) => count / total);
}

export function totalOf(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** @throws {RangeError} if two distributions are not counted over the same bins */
export function requireSameBins(reference: ArrayLike<number>, current: ArrayLike<number>): void {
  if (reference.length === current.length) return;
  throw new RangeError(
    `reference has ${reference.length} bins and current ${current.length}; ` +
      'count both over the same edges',
  );
}
