/** What trees are grown to lower: log-loss for yes or no, half the squared error for a number. */
import { type Packing, packErrors, stepLogistic } from './kernels.ts';

const MANTISSA_BITS = 53;

export interface Loss {
  /** Prediction before the first tree, as a score. */
  readonly base: number;
  /** Largest absolute value of a leaf, before the learning rate. */
  readonly largestValue: number;
  /** Moves every row by its leaf's value and packs its derivatives into `packed`. */
  step(leafOf: Uint16Array, leafValues: Float64Array, packed: Float64Array, seed: number): Packing;
}

/** @throws {RangeError} if there are more rows than exact sums allow */
export function lossFor(kind: 'binary' | 'regression', target: Float64Array): Loss {
  return kind === 'binary' ? new LogisticLoss(target) : new SquaredLoss(target);
}

class LogisticLoss implements Loss {
  readonly base: number;
  readonly largestValue = 50;
  private readonly target: Float64Array;
  private readonly odds: Float64Array;
  private readonly packing: Packing;

  constructor(target: Float64Array) {
    const positives = target.reduce((sum, label) => sum + label, 0);
    const rate = (positives + 0.5) / (target.length + 1);
    this.base = Math.fround(Math.log(rate / (1 - rate)));
    this.target = target;
    this.odds = new Float64Array(target.length).fill(Math.exp(-this.base));
    const spareBits = MANTISSA_BITS - 2 * Math.log2(target.length);
    // A hessian is at most a quarter, a gradient at most one.
    const levels = 2 ** Math.min(20, Math.floor(spareBits / 2));
    this.packing = packingFor(target.length, 1, levels, 4 * levels);
  }

  step(leafOf: Uint16Array, leafValues: Float64Array, packed: Float64Array, seed: number): Packing {
    const factors = leafValues.map((value) => Math.exp(-value));
    stepLogistic(this.odds, this.target, leafOf, factors, packed, this.packing, seed);
    return this.packing;
  }
}

class SquaredLoss implements Loss {
  readonly base: number;
  readonly largestValue = Number.MAX_VALUE;
  private readonly errors: Float64Array;

  constructor(target: Float64Array) {
    let sum = 0;
    for (const value of target) sum += value;
    this.base = Math.fround(sum / target.length);
    this.errors = target.map((value) => this.base - value);
  }

  step(leafOf: Uint16Array, leafValues: Float64Array, packed: Float64Array, seed: number): Packing {
    const { errors } = this;
    let largest = 0;
    for (let row = 0; row < errors.length; row++) {
      const error = errors[row]! + leafValues[leafOf[row]!]!;
      errors[row] = error;
      largest = Math.max(largest, Math.abs(error));
    }
    const packing = packingFor(errors.length, largest || 1, 1, 1);
    packErrors(errors, packed, packing, seed);
    return packing;
  }
}

/** The finest levels with which the sum over all rows is still a whole number below 2^53. */
function packingFor(
  rows: number,
  largestGradient: number,
  levelsOfHessian: number,
  hessianLevels: number,
): Packing {
  const unit = 2 ** Math.ceil(Math.log2(rows * levelsOfHessian + 1));
  const levels = Math.min(2 ** 30, Math.floor(2 ** MANTISSA_BITS / unit / rows) - 1);
  if (levels < 3) {
    throw new RangeError(
      `${rows} training rows are more than one fit can add up; thin the data to 20 million rows`,
    );
  }
  return { gradientLevels: levels / largestGradient, hessianLevels, unit };
}
