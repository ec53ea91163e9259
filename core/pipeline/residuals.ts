/** How far numbers were off, by what was predicted. */

export interface ResidualBin {
  readonly rows: number;
  /** Mean prediction. */
  readonly predicted: number;
  /** True value less predicted one: the tenth, the middle and the ninetieth of a hundred rows. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Bins of about equal numbers of rows, by ascending prediction. O(n log n) */
export function residualBins(
  truth: Float64Array,
  predicted: Float64Array,
  bins = 20,
): ResidualBin[] {
  const order = Uint32Array.from(truth.keys()).toSorted((a, b) => predicted[a]! - predicted[b]!);
  const found = Array.from({ length: bins }, (_, bin): ResidualBin | undefined => {
    const rows = order.subarray(
      Math.floor((order.length * bin) / bins),
      Math.floor((order.length * (bin + 1)) / bins),
    );
    if (rows.length === 0) return undefined;
    const residuals = Float64Array.from(rows, (row) => truth[row]! - predicted[row]!).toSorted();
    const at = (share: number): number => residuals[Math.floor((residuals.length - 1) * share)]!;
    return {
      rows: rows.length,
      predicted: rows.reduce((sum, row) => sum + predicted[row]!, 0) / rows.length,
      low: at(0.1),
      median: at(0.5),
      high: at(0.9),
    };
  });
  return found.filter((bin) => bin !== undefined);
}
