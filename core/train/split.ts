/** The best place to cut a leaf in two, read off its histogram. */
import { MISSING_BIN, SLOTS } from './binning.ts';
import type { Packing } from './kernels.ts';

/** Least second derivative on either side, so that no division is by almost nothing. */
const LEAST_HESSIAN = 1e-3;

export interface Split {
  readonly feature: number;
  /** Last bin of the left side; all values are left and missing ones right where it is the last of all. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** By how much the loss falls, to second order, doubled. */
  readonly gain: number;
  /** Packed sum of the left side's derivatives. */
  readonly left: number;
}

export interface SplitQuestion {
  readonly histogram: Float64Array;
  /** Packed sum of all rows of the leaf. */
  readonly sum: number;
  readonly rows: number;
  /** Rows in each slot, where they must be exact; else the share of the hessian stands for them. */
  readonly counts?: Float64Array;
}

export interface SplitRules {
  readonly boundaries: readonly Float32Array[];
  readonly l2: number;
  readonly minimumRows: number;
}

/** Gradient and hessian of a packed sum, in units of the loss. */
export function unpack(
  sum: number,
  { gradientLevels, hessianLevels, unit }: Packing,
): { gradient: number; hessian: number } {
  const gradient = Math.floor(sum / unit);
  return {
    gradient: gradient / gradientLevels,
    hessian: (sum - gradient * unit) / hessianLevels,
  };
}

/** @returns the split of the largest gain, or undefined where none is allowed or gains anything */
export function bestSplit(
  question: SplitQuestion,
  rules: SplitRules,
  packing: Packing,
): Split | undefined {
  const search = new SplitSearch(question, rules, packing);
  for (const [feature, { length }] of rules.boundaries.entries())
    search.tryFeature(feature, length);
  return search.best;
}

class SplitSearch {
  best: Split | undefined;
  private readonly question: SplitQuestion;
  private readonly rules: SplitRules;
  private readonly packing: Packing;
  private readonly rowsPerHessian: number;
  private readonly gradient: number;
  private readonly hessian: number;
  private readonly parentGain: number;

  constructor(question: SplitQuestion, rules: SplitRules, packing: Packing) {
    this.question = question;
    this.rules = rules;
    this.packing = packing;
    const { gradient, hessian } = unpack(question.sum, packing);
    this.gradient = gradient;
    this.hessian = hessian;
    this.rowsPerHessian = question.rows / hessian;
    this.parentGain = (gradient * gradient) / (hessian + rules.l2);
  }

  tryFeature(feature: number, lastBin: number): void {
    const { histogram, counts } = this.question;
    const base = feature * SLOTS;
    const missing = histogram[base + MISSING_BIN]!;
    const missingRows = counts?.[base + MISSING_BIN] ?? 0;
    let left = 0;
    let leftRows = 0;
    for (let bin = 0; bin < lastBin; bin++) {
      const inBin = histogram[base + bin]!;
      if (inBin === 0) continue;
      left += inBin;
      if (counts) leftRows += counts[base + bin]!;
      this.consider(feature, bin, false, left, leftRows);
      if (missing !== 0) {
        this.consider(feature, bin, true, left + missing, leftRows + missingRows);
      }
    }
    if (missing !== 0) {
      const allValues = this.question.sum - missing;
      this.consider(feature, lastBin, false, allValues, this.question.rows - missingRows);
    }
  }

  private consider(
    feature: number,
    bin: number,
    missingLeft: boolean,
    left: number,
    leftRows: number,
  ): void {
    const { gradientLevels, hessianLevels, unit } = this.packing;
    const { l2, minimumRows } = this.rules;
    const level = Math.floor(left / unit);
    const hessian = (left - level * unit) / hessianLevels;
    const otherHessian = this.hessian - hessian;
    if (hessian < LEAST_HESSIAN || otherHessian < LEAST_HESSIAN) return;
    const rows = this.question.counts ? leftRows : hessian * this.rowsPerHessian;
    if (rows < minimumRows || this.question.rows - rows < minimumRows) return;
    const gradient = level / gradientLevels;
    const otherGradient = this.gradient - gradient;
    const gain =
      (gradient * gradient) / (hessian + l2) +
      (otherGradient * otherGradient) / (otherHessian + l2) -
      this.parentGain;
    if (gain > (this.best?.gain ?? 1e-9)) {
      this.best = { feature, bin, missingLeft, gain, left };
    }
  }
}
