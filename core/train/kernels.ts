/**
 * The inner loops of tree growing. Training spends nearly all of its time here, so these are
 * written for the machine: plain typed arrays, no allocation, no branch that data decides.
 *
 * A row's gradient and second derivative travel as one number: both are rounded to whole
 * levels and packed as `gradient * 2^shift + hessian`. One addition then adds both, sums stay
 * exact whole numbers below 2^53 whatever their order, and subtracting histograms loses nothing.
 */
import { SLOTS } from './binning.ts';

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
  const slots = width * SLOTS;
  for (let at = from; at < to; at++) {
    const row = rows[at]!;
    const value = packed[row]!;
    let cell = row * width;
    for (let slot = 0; slot < slots; slot += SLOTS) histogram[slot + bins[cell++]!]! += value;
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
  for (let at = from; at < to; at++) {
    const row = rows[at]!;
    const isLeft = goesLeft[bins[row]!]!;
    // Both are written and one is kept: cheaper than a branch that is mispredicted half of the time.
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
