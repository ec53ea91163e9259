/** How derivatives become whole levels, so that sums of them are exact. */

/** Bits of a 64-bit sum that numbers take, the sign apart. */
const SUM_BITS = 63;
/** Bits of a record's hessian, where it has one; the rest of its 32 are the gradient's. */
const HESSIAN_BITS = 16;
const LEAST_BITS = 4;

export interface Levels {
  /** Levels that one unit has, a power of two. */
  readonly gradient: number;
  readonly hessian: number;
  /** By how much a record's gradient is shifted; 0 where every hessian is 1 and not written down. */
  readonly bits: number;
  /** By how much the gradients' sum is shifted. */
  readonly shift: number;
}

/**
 * The finest levels with which sums over all rows still fit.
 *
 * @param largestHessian undefined where every hessian is 1
 * @throws {RangeError} if there are more rows than exact sums allow
 */
export function levelsFor(
  rows: number,
  largestGradient: number,
  largestHessian: number | undefined,
): Levels {
  const rowBits = Math.ceil(Math.log2(rows + 1));
  const room = SUM_BITS - 2 * rowBits;
  const hessianBits = largestHessian === undefined ? 0 : Math.min(16, Math.floor(room / 2));
  const gradientBits = Math.min(largestHessian === undefined ? 30 : 15, room - hessianBits);
  if (gradientBits < LEAST_BITS) {
    throw new RangeError(
      `${rows} training rows are more than one fit can add up; thin the data to 50 million rows`,
    );
  }
  return {
    gradient: levelsOf(gradientBits, largestGradient),
    hessian: largestHessian === undefined ? 1 : levelsOf(hessianBits, largestHessian),
    bits: largestHessian === undefined ? 0 : HESSIAN_BITS,
    shift: rowBits + hessianBits,
  };
}

function levelsOf(bits: number, largest: number): number {
  return 2 ** Math.floor(Math.log2((2 ** bits - 1) / (largest || 1)));
}
