/**
 * The inner loops of tree growing. Training spends nearly all of its time here, so these are
 * written for the machine: plain typed arrays, no allocation, no branch that data decides.
 *
 * A row's gradient and second derivative travel as one number: both are rounded to whole
 * levels and packed as `gradient * 2^shift + hessian`. One addition then adds both, sums stay
 * exact whole numbers below 2^53 whatever their order, and subtracting histograms loses nothing.
 */
import { SLOTS } from './binning.ts';

/** Features that one pass over the rows adds up. */
const FEATURES_A_PASS = 8;

/** Adds rows `[from, to)` of the list to a histogram of `width` features of 256 slots each. */
export function accumulate(
  histogram: Float64Array,
  bins: Uint8Array,
  width: number,
  rows: Int32Array,
  from: number,
  to: number,
  packed: Float64Array,
): void {
  for (let first = 0; first < width; first += FEATURES_A_PASS) {
    const own = histogram.subarray(first * SLOTS);
    accumulatePass(own, bins, width, first, rows, from, to, packed);
  }
}

/* Written out feature by feature: twice as fast as a loop, and the conditions never change. */
function accumulatePass(
  histogram: Float64Array,
  bins: Uint8Array,
  width: number,
  first: number,
  rows: Int32Array,
  from: number,
  to: number,
  packed: Float64Array,
): void {
  const features = Math.min(FEATURES_A_PASS, width - first);
  for (let at = from; at < to; at++) {
    const row = rows[at]!;
    const value = packed[row]!;
    const cell = row * width + first;
    histogram[bins[cell]!]! += value;
    if (features === 1) continue;
    histogram[SLOTS + bins[cell + 1]!]! += value;
    if (features === 2) continue;
    histogram[2 * SLOTS + bins[cell + 2]!]! += value;
    if (features === 3) continue;
    histogram[3 * SLOTS + bins[cell + 3]!]! += value;
    if (features === 4) continue;
    histogram[4 * SLOTS + bins[cell + 4]!]! += value;
    if (features === 5) continue;
    histogram[5 * SLOTS + bins[cell + 5]!]! += value;
    if (features === 6) continue;
    histogram[6 * SLOTS + bins[cell + 6]!]! += value;
    if (features === 7) continue;
    histogram[7 * SLOTS + bins[cell + 7]!]! += value;
  }
}

/** `larger -= smaller`, slot by slot. */
export function subtract(larger: Float64Array, smaller: Float64Array): void {
  for (let slot = 0; slot < larger.length; slot++) larger[slot]! -= smaller[slot]!;
}

/**
 * Moves the rows of `[from, to)` whose bin goes left to the front, keeping their order.
 *
 * @param goesLeft 1 or 0 by bin
 * @param spare room for the rows that go right
 * @returns where the right side starts
 */
export function partition(
  rows: Int32Array,
  from: number,
  to: number,
  bins: Uint8Array,
  goesLeft: Uint8Array,
  spare: Int32Array,
): number {
  let left = from;
  let right = 0;
  let at = from;
  // Each row is written to both sides and kept on one: cheaper than a branch that is mispredicted
  // half of the time. Four at once, so that reading need not wait for writing.
  for (; at + 3 < to; at += 4) {
    const a = rows[at]!;
    const b = rows[at + 1]!;
    const c = rows[at + 2]!;
    const d = rows[at + 3]!;
    const aLeft = goesLeft[bins[a]!]!;
    const bLeft = goesLeft[bins[b]!]!;
    const cLeft = goesLeft[bins[c]!]!;
    const dLeft = goesLeft[bins[d]!]!;
    rows[left] = a;
    spare[right] = a;
    left += aLeft;
    right += 1 - aLeft;
    rows[left] = b;
    spare[right] = b;
    left += bLeft;
    right += 1 - bLeft;
    rows[left] = c;
    spare[right] = c;
    left += cLeft;
    right += 1 - cLeft;
    rows[left] = d;
    spare[right] = d;
    left += dLeft;
    right += 1 - dLeft;
  }
  for (; at < to; at++) {
    const row = rows[at]!;
    const isLeft = goesLeft[bins[row]!]!;
    rows[left] = row;
    spare[right] = row;
    left += isLeft;
    right += 1 - isLeft;
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

/** Writes down in which leaf the rows of `[from, to)` are. */
export function mark(
  leafOf: Uint16Array,
  leaf: number,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) leafOf[rows[at]!] = leaf;
}

/** How a gradient and a hessian are packed into one number. */
export interface Packing {
  /** Levels that one unit of gradient has. */
  readonly gradientLevels: number;
  readonly hessianLevels: number;
  /** 2^shift, what the gradient's level is multiplied with. */
  readonly unit: number;
}

/**
 * Moves each row's odds against (`e^-score`) by its leaf and packs the derivatives of the
 * log-loss. Kept as odds, a score is updated by a product, and no exponential is needed.
 * Levels are rounded up or down at random in proportion, so that sums are right on average
 * however few the levels (Shi et al., Quantized Training of GBDT, 2022).
 */
export function stepLogistic(
  odds: Float64Array,
  target: Float64Array,
  leafOf: Uint16Array,
  factors: Float64Array,
  packed: Float64Array,
  { gradientLevels, hessianLevels, unit }: Packing,
  seed: number,
): void {
  for (let row = 0; row < odds.length; row++) {
    const against = odds[row]! * factors[leafOf[row]!]!;
    odds[row] = against;
    const probability = 1 / (1 + against);
    let dice = Math.imul(row ^ seed, 0x9e3779b1);
    dice = Math.imul(dice ^ (dice >>> 15), 0x85ebca6b);
    dice ^= dice >>> 13;
    const gradient = (probability - target[row]!) * gradientLevels + (dice & 0xffff) * DICE;
    const hessian = probability * (1 - probability) * hessianLevels + (dice >>> 16) * DICE;
    packed[row] = Math.floor(gradient) * unit + Math.floor(hessian);
  }
}

/** Packs the derivatives of half the squared error: the error, and 1. */
export function packErrors(
  errors: Float64Array,
  packed: Float64Array,
  { gradientLevels, unit }: Packing,
  seed: number,
): void {
  for (let row = 0; row < errors.length; row++) {
    let dice = Math.imul(row ^ seed, 0x9e3779b1);
    dice = Math.imul(dice ^ (dice >>> 15), 0x85ebca6b);
    const level = Math.floor(errors[row]! * gradientLevels + (dice >>> 16) * DICE);
    packed[row] = level * unit + 1;
  }
}

const DICE = 1 / 0x10000;
