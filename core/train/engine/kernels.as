/**
 * The inner loops of tree growing, in AssemblyScript: training spends nearly all of its time here.
 * `npm run kernels` compiles them into `../kernels.wasm.ts`.
 *
 * A record is what trees need of one row, so that a leaf's rows lie one after the other:
 * its derivatives (4 bytes), its number (4 bytes), its bins (a byte a feature), and padding to a
 * multiple of 8. Derivatives are whole levels, `gradient << bits | hessian`. Sums carry both in
 * one 64-bit number, `gradient << shift + hessian`, and are exact, so their order is no matter.
 */

const ROW: usize = 4;
const BINS: usize = 8;
/** Bytes of one feature's slots in a histogram. */
const FEATURE: usize = 256 * 8;
/** Records that are packed and then added up while they are in the cache. */
const CHUNK: i32 = 1024;
const DICE: f64 = 1.0 / 65536.0;
/** What odds and probabilities are kept within. */
const LEAST: f32 = 1e-30;
const MOST: f32 = 1e30;

@inline
function addTo(slot: usize, value: i64): void {
  store<i64>(slot, load<i64>(slot) + value);
}

@inline
function addBlock(
  features: i32,
  from: usize,
  to: usize,
  stride: usize,
  bins: usize,
  histogram: usize,
  bits: i32,
  mask: i32,
  plus: i64,
  keepGradient: i64,
  shift: i64,
): void {
  for (let at = from; at < to; at += stride) {
    const derivatives = load<i32>(at);
    const gradient = (i64(derivatives >> bits) & keepGradient) << shift;
    const value = gradient + i64(derivatives & mask) + plus;
    const cell = at + bins;
    addTo(histogram + (usize(load<u8>(cell)) << 3), value);
    if (features > 1) addTo(histogram + 1 * FEATURE + (usize(load<u8>(cell + 1)) << 3), value);
    if (features > 2) addTo(histogram + 2 * FEATURE + (usize(load<u8>(cell + 2)) << 3), value);
    if (features > 3) addTo(histogram + 3 * FEATURE + (usize(load<u8>(cell + 3)) << 3), value);
    if (features > 4) addTo(histogram + 4 * FEATURE + (usize(load<u8>(cell + 4)) << 3), value);
    if (features > 5) addTo(histogram + 5 * FEATURE + (usize(load<u8>(cell + 5)) << 3), value);
    if (features > 6) addTo(histogram + 6 * FEATURE + (usize(load<u8>(cell + 6)) << 3), value);
    if (features > 7) addTo(histogram + 7 * FEATURE + (usize(load<u8>(cell + 7)) << 3), value);
  }
}

/** Adds records to a histogram, eight features a pass. */
function accumulate(
  from: usize,
  to: usize,
  stride: usize,
  width: i32,
  histogram: usize,
  bits: i32,
  mask: i32,
  plus: i64,
  keepGradient: i64,
  shift: i64,
): void {
  let bins = BINS;
  for (let left = width; left > 0; left -= 8) {
    switch (left) {
      case 1:
        addBlock(1, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
        break;
      case 2:
        addBlock(2, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
        break;
      case 3:
        addBlock(3, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
        break;
      case 4:
        addBlock(4, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
        break;
      case 5:
        addBlock(5, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
        break;
      case 6:
        addBlock(6, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
        break;
      case 7:
        addBlock(7, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
        break;
      default:
        addBlock(8, from, to, stride, bins, histogram, bits, mask, plus, keepGradient, shift);
    }
    bins += 8;
    histogram += 8 * FEATURE;
  }
}

/** Sums up one thread's records of a leaf, or counts them. */
export function sum(
  from: usize,
  count: i32,
  stride: usize,
  width: i32,
  histogram: usize,
  bits: i32,
  hessians: i32,
  shift: i32,
  counting: i32,
): f64 {
  memory.fill(histogram, 0, usize(width) * FEATURE);
  const to = from + usize(count) * stride;
  const plus: i64 = counting || !hessians ? 1 : 0;
  const mask = hessians && !counting ? (1 << bits) - 1 : 0;
  const keep: i64 = counting ? 0 : -1;
  accumulate(from, to, stride, width, histogram, bits, mask, plus, keep, i64(shift));
  return 0;
}

@inline
function copyRecord(from: usize, to: usize, stride: usize): void {
  if (stride == 16) {
    v128.store(to, v128.load(from));
    return;
  }
  for (let at: usize = 0; at < stride; at += 8) store<u64>(to + at, load<u64>(from + at));
}

/**
 * Copies one thread's records of a leaf to the other buffer: those that go left from the front,
 * the others from the back. Sums up one side.
 *
 * @returns how many went left
 */
export function divide(
  from: usize,
  count: i32,
  stride: usize,
  target: usize,
  feature: i32,
  goesLeft: usize,
  side: i32,
  width: i32,
  histogram: usize,
  bits: i32,
  hessians: i32,
  shift: i32,
): f64 {
  const to = from + usize(count) * stride;
  const end = target + usize(count) * stride;
  const bin = BINS + usize(feature);
  let left = target;
  let right = end;
  for (let at = from; at < to; at += stride) {
    const isLeft = load<u8>(goesLeft + usize(load<u8>(at + bin)));
    // No branch, since a wrong guess of one costs more than all the rest.
    copyRecord(at, select(left, right - stride, isLeft), stride);
    const step = stride * usize(isLeft);
    left += step;
    right -= stride - step;
  }
  const went = i32((left - target) / stride);
  if (side == 1) sum(target, went, stride, width, histogram, bits, hessians, shift, 0);
  if (side == 2) sum(left, count - went, stride, width, histogram, bits, hessians, shift, 0);
  return f64(went);
}

@inline
function mix(row: i32, seed: i32): i32 {
  let bits = (row ^ seed) * 0x9e3779b1;
  bits = (bits ^ (bits >>> 15)) * 0x85ebca6b;
  return bits ^ (bits >>> 13);
}

/**
 * Rounds derivatives to levels, up or down at random in proportion, so that sums are right on
 * average however few the levels (Shi et al., Quantized Training of GBDT, 2022).
 */
@inline
function pack(gradient: f64, hessian: f64, bits: i32, dice: i32): i32 {
  const g = i32(Math.floor(gradient + f64(dice & 0xffff) * DICE));
  if (bits == 0) return g;
  return (g << bits) | i32(Math.floor(hessian + f64(dice >>> 16) * DICE));
}

@inline
function clamp(value: f32): f32 {
  return min(MOST, max(LEAST, value));
}

/**
 * Moves the rows of one thread's leaves by what each leaf says, derives the loss anew, and copies
 * the records to the first buffer, summed up for the next tree. A leaf is where its records are,
 * where they go, how many they are, and by how much they move, 4 bytes each. `state` is by row:
 * loss 0, log-loss: the odds against (`e^-score`), to be multiplied, with a minus where the label
 * is 1, which saves looking it up elsewhere;
 * loss 1, half the squared error: the error, to be added to;
 * loss 2, softmax: probabilities by class, that of `moved` to be multiplied.
 *
 * @returns the largest absolute error
 */
export function step(
  leaves: usize,
  count: i32,
  stride: usize,
  width: i32,
  histogram: usize,
  bits: i32,
  hessians: i32,
  shift: i32,
  loss: i32,
  state: usize,
  labels: usize,
  weights: usize,
  gradientLevels: f64,
  hessianLevels: f64,
  seed: i32,
  kept: f64,
  classes: i32,
  moved: i32,
  derived: i32,
): f64 {
  memory.fill(histogram, 0, usize(width) * FEATURE);
  const plus: i64 = hessians ? 0 : 1;
  const mask = hessians ? (1 << bits) - 1 : 0;
  // As Friedman (Greedy function approximation, 2001) has it for classes that sum to one.
  const more = classes > 1 ? f64(classes) / f64(classes - 1) : 1.0;
  let largest: f64 = 0;
  for (const end = leaves + (usize(count) << 4); leaves < end; leaves += 16) {
    let from = usize(load<u32>(leaves));
    let target = usize(load<u32>(leaves, 4));
    let left = load<i32>(leaves, 8);
    const move = load<f32>(leaves, 12);
    while (left > 0) {
      const to = from + usize(min(left, CHUNK)) * stride;
      const start = target;
      for (let at = from; at < to; at += stride) {
        const row = load<i32>(at, ROW);
        let gradient: f64;
        let hessian: f64 = 1;
        if (loss == 0) {
          const cell = state + (usize(row) << 2);
          const signed = load<f32>(cell);
          const odds = clamp(abs(signed) * move);
          store<f32>(cell, copysign<f32>(odds, signed));
          const probability = 1.0 / (1.0 + f64(odds));
          gradient = probability - f64(signed < 0);
          hessian = probability * (1.0 - probability);
        } else if (loss == 1) {
          const cell = state + (usize(row) << 2);
          const error = load<f32>(cell) + move;
          store<f32>(cell, error);
          gradient = f64(error);
          largest = max(largest, abs(gradient));
        } else {
          const cells = state + ((usize(row) * usize(classes)) << 2);
          const cell = cells + (usize(moved) << 2);
          store<f32>(cell, clamp(load<f32>(cell) * move));
          const probability = min(1.0, f64(load<f32>(cells + (usize(derived) << 2))));
          gradient = probability - f64(i32(load<u8>(labels + usize(row)) == derived));
          hessian = probability * (1.0 - probability) * more;
        }
        if (weights) {
          const weight = f64(load<f32>(weights + (usize(row) << 2)));
          gradient *= weight;
          hessian *= weight;
        }
        const isKept = kept >= 1 || f64(u32(mix(row, ~seed))) < kept * 4294967296.0;
        const packed = pack(gradient * gradientLevels, hessian * hessianLevels, bits, mix(row, seed));
        copyRecord(at, target, stride);
        store<i32>(target, isKept ? packed : 0);
        target += stride;
      }
      accumulate(start, target, stride, width, histogram, bits, mask, plus, -1, i64(shift));
      from = to;
      left -= CHUNK;
    }
  }
  return largest;
}

/** Makes the probabilities of rows `[from, to)` sum to one again. */
export function normalise(state: usize, from: i32, to: i32, classes: i32): f64 {
  const width = usize(classes) << 2;
  for (let row = from; row < to; row++) {
    const cells = state + usize(row) * width;
    let total: f32 = 0;
    for (let at: usize = 0; at < width; at += 4) total += load<f32>(cells + at);
    for (let at: usize = 0; at < width; at += 4) {
      store<f32>(cells + at, clamp(load<f32>(cells + at) / total));
    }
  }
  return 0;
}

/** Adds up the threads' histograms, `size` bytes apart; takes the sum from `larger` if there is one. */
export function combine(parts: usize, threads: i32, size: usize, total: usize, larger: usize): f64 {
  for (let slot: usize = 0; slot < size; slot += 16) {
    let value = v128.load(parts + slot);
    for (let part = 1; part < threads; part++) {
      value = i64x2.add(value, v128.load(parts + usize(part) * size + slot));
    }
    v128.store(total + slot, value);
    if (larger) v128.store(larger + slot, i64x2.sub(v128.load(larger + slot), value));
  }
  return 0;
}

/** Writes a histogram as gradients and hessians, in units of the loss. */
export function decode(
  histogram: usize,
  slots: i32,
  shift: i32,
  gradients: usize,
  hessians: usize,
  gradientUnit: f64,
  hessianUnit: f64,
): f64 {
  const mask = (i64(1) << i64(shift)) - 1;
  for (let slot = 0; slot < slots; slot++) {
    const sums = load<i64>(histogram + (usize(slot) << 3));
    store<f64>(gradients + (usize(slot) << 3), f64(sums >> i64(shift)) * gradientUnit);
    store<f64>(hessians + (usize(slot) << 3), f64(sums & mask) * hessianUnit);
  }
  return 0;
}
