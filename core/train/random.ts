/** Randomness that a seed repeats: numbers that depend on nothing but the seed and a position. */

/**
 * Returns 32 well-mixed bits for a position of a seeded sequence; any position costs the same.
 * The mixing steps are those of MurmurHash3's finaliser (Appleby, 2011).
 */
export function hashOf(seed: number, position: number): number {
  let bits = Math.imul(position + 1, 0x9e3779b1) ^ Math.imul(seed | 0, 0x85ebca6b);
  bits ^= bits >>> 16;
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  bits ^= bits >>> 16;
  return bits >>> 0;
}

/** A whole number in `[0, bound)`. */
export function pick(seed: number, position: number, bound: number): number {
  return Math.floor((hashOf(seed, position) / 2 ** 32) * bound);
}
