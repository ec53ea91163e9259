/** A distribution of numbers in bins that are narrow where values are dense. */

export interface Sketch {
  /** Ascending; bin i holds the values above `edges[i - 1]`, up to and with `edges[i]`. */
  readonly edges: readonly number[];
  /** Rows in each bin; one bin more than edges, since the first and the last are open. */
  readonly counts: readonly number[];
  /** Mean of the values in each bin; 0 where it is empty. */
  readonly means: readonly number[];
}

/** Bins of a sketch: a distribution function read off it is wrong by a five-hundredth at most. */
export const SKETCH_BINS = 500;

/**
 * Returns the quantiles that cut sorted values into bins of equal shares, fewer where values
 * repeat; the largest value is none, since the last bin is open. O(bins)
 */
export function quantileEdges(sorted: Float32Array | Float64Array, bins: number): number[] {
  const { length } = sorted;
  const largest = sorted[length - 1];
  const edges: number[] = [];
  for (let bin = 1; bin < bins; bin++) {
    const edge = sorted[Math.ceil((length * bin) / bins) - 1];
    if (edge !== undefined && edge !== edges.at(-1) && edge < largest!) edges.push(edge);
  }
  return edges;
}

/**
 * Returns the edges of a sketch: every value where there are no more values than bins, so that
 * nothing is lost, and quantiles where there are. O(n)
 */
export function sketchEdges(sorted: Float32Array | Float64Array, bins = SKETCH_BINS): number[] {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) continue;
    distinct.push(value);
    if (distinct.length > bins) return quantileEdges(sorted, bins);
  }
  return distinct.slice(0, -1);
}

/** Counts numbers as they come. */
export interface NumberCounter {
  /** NaN is a missing value. O(n log bins) */
  add(values: Float32Array | Float64Array): void;
  counted(): CountedNumbers;
}

export interface CountedNumbers {
  readonly missing: number;
  /** Below the least or above the largest plausible value. */
  readonly outside: number;
  /** Of the values; null where there are none. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly sketch: Sketch;
}

export interface Plausible {
  readonly minimum?: number;
  readonly maximum?: number;
}

export function countNumbers(
  edges: readonly number[],
  { minimum: least = -Infinity, maximum: most = Infinity }: Plausible = {},
): NumberCounter {
  const bounds = Float64Array.from(edges);
  const counts = new Float64Array(edges.length + 1);
  const sums = new Float64Array(edges.length + 1);
  let [missing, outside, low, high] = [0, 0, Infinity, -Infinity];
  return {
    add(values) {
      for (const value of values) {
        if (Number.isNaN(value)) {
          missing += 1;
          continue;
        }
        if (value < least || value > most) outside += 1;
        if (value < low) low = value;
        if (value > high) high = value;
        const bin = binOf(value, bounds);
        counts[bin]! += 1;
        sums[bin]! += value;
      }
    },
    counted: () => ({
      missing,
      outside,
      minimum: low <= high ? low : null,
      maximum: low <= high ? high : null,
      sketch: {
        edges,
        counts: [...counts],
        means: Array.from(sums, (sum, bin) => (counts[bin]! > 0 ? sum / counts[bin]! : 0)),
      },
    }),
  };
}

/** Place of the first edge that a value does not exceed. */
export function binOf(value: number, edges: ArrayLike<number>): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
