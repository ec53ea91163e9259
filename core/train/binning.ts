/** Numbers cut into at most 255 bins, so that a split is found by adding up instead of sorting. */

/** Bin of a missing number; values have bins 0 to 254. */
export const MISSING_BIN = 255;
/** Slots that one feature has in a histogram. */
export const SLOTS = 256;

/** Boundaries come from so many rows at most, evenly spread. */
const ROWS_LOOKED_AT = 200_000;

/** Categories that a feature of member codes can have at most; bin 0 is for those never seen. */
export const MOST_MEMBERS = 254;

/**
 * Upper boundaries of at most `bins` bins; one fewer than there are bins. Each lies between two
 * neighbouring values and is a 32-bit float, so that comparing with it gives the same answer
 * here and in ONNX Runtime. A value that fills a bin alone gets one of its own.
 */
export function boundariesOf(values: Float32Array, bins: number): Float32Array {
  const { distinct, counts, total } = distinctValues(values);
  if (distinct.length <= bins) {
    return Float32Array.from(distinct.slice(1), (value, at) => between(distinct[at]!, value));
  }
  const fair = total / bins;
  let rowsLeft = 0;
  let binsLeft = bins;
  for (const count of counts) {
    if (count >= fair) binsLeft--;
    else rowsLeft += count;
  }
  const boundaries: number[] = [];
  let filled = 0;
  for (let at = 0; at < distinct.length - 1 && boundaries.length < bins - 1; at++) {
    const alone = counts[at]! >= fair;
    filled += counts[at]!;
    if (!alone) rowsLeft -= counts[at]!;
    const full = filled >= (rowsLeft + filled) / Math.max(1, binsLeft);
    if (alone || full || counts[at + 1]! >= fair) {
      boundaries.push(between(distinct[at]!, distinct[at + 1]!));
      if (!alone) binsLeft--;
      filled = 0;
    }
  }
  return Float32Array.from(boundaries);
}

/** The bin of every value. */
export function binsOf(values: Float32Array, boundaries: Float32Array): Uint8Array {
  const bins = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) {
      bins[row] = MISSING_BIN;
      continue;
    }
    let low = 0;
    let high = boundaries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= boundaries[middle]!) high = middle;
      else low = middle + 1;
    }
    bins[row] = low;
  }
  return bins;
}

function distinctValues(values: Float32Array): {
  distinct: number[];
  counts: number[];
  total: number;
} {
  const step = Math.max(1, values.length / ROWS_LOOKED_AT);
  const looked = Float32Array.from({ length: Math.floor(values.length / step) }, (_, at) => {
    return values[Math.floor(at * step)]!;
  });
  const sorted = looked.filter((value) => !Number.isNaN(value)).toSorted();
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) counts[counts.length - 1]!++;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  return { distinct, counts, total: sorted.length };
}

/** A 32-bit float `m` with `low <= m < high`. */
function between(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2);
  return middle >= low && middle < high ? middle : low;
}
