/** The best place to cut a leaf in two, read off its histogram. */
import { MISSING_BIN, SLOTS } from './binning.ts';
import type { Packing } from './kernels.ts';

/** Least second derivative on either side, so that no division is by almost nothing. */
const LEAST_HESSIAN = 1e-3;
/** Categories with fewer rows in a leaf are not judged one by one; they follow the majority. */
const LEAST_ROWS_OF_CATEGORY = 10;

export interface Split {
  readonly feature: number;
  /** By bin, 1 for those that go left. */
  readonly goesLeft: Uint8Array;
  /** Last bin on the left, where the bins are of numbers; the last of all leaves the missing right. */
  readonly bin: number;
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
  readonly boundaries: readonly (Float32Array | undefined)[];
  readonly l2: number;
  /** Rows' worth of an average category that temper how extreme one looks. */
  readonly smoothing: number;
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
  for (const [feature, boundaries] of rules.boundaries.entries()) {
    if (boundaries) search.tryNumber(feature, boundaries.length);
    else search.tryCategory(feature);
  }
  return search.best();
}

class SplitSearch {
  private readonly question: SplitQuestion;
  private readonly rules: SplitRules;
  private readonly packing: Packing;
  private readonly gradient: number;
  private readonly hessian: number;
  private readonly parentGain: number;
  private readonly rowsPerHessian: number;
  private bestGain = 1e-9;
  private bestLeft = 0;
  /** Tells the best split's bins; made only for the one that wins. */
  private describe: (() => Pick<Split, 'feature' | 'bin' | 'goesLeft'>) | undefined;

  constructor(question: SplitQuestion, rules: SplitRules, packing: Packing) {
    this.question = question;
    this.rules = rules;
    this.packing = packing;
    const { gradient, hessian } = unpack(question.sum, packing);
    this.gradient = gradient;
    this.hessian = hessian;
    this.parentGain = (gradient * gradient) / (hessian + rules.l2);
    this.rowsPerHessian = question.rows / hessian;
  }

  best(): Split | undefined {
    return this.describe && { ...this.describe(), gain: this.bestGain, left: this.bestLeft };
  }

  /** Cuts between two bins, with what is missing on either side; or the missing from the rest. */
  tryNumber(feature: number, lastBin: number): void {
    const { histogram, counts, sum, rows } = this.question;
    const base = feature * SLOTS;
    const missing = histogram[base + MISSING_BIN]!;
    const missingRows = counts?.[base + MISSING_BIN] ?? 0;
    let left = 0;
    let leftRows = 0;
    let bestBin = -1;
    let missingLeft = false;
    for (let bin = 0; bin < lastBin; bin++) {
      const inBin = histogram[base + bin]!;
      if (inBin === 0) continue;
      left += inBin;
      if (counts) leftRows += counts[base + bin]!;
      if (this.improves(left, leftRows)) {
        bestBin = bin;
        missingLeft = false;
      }
      if (missing !== 0 && this.improves(left + missing, leftRows + missingRows)) {
        bestBin = bin;
        missingLeft = true;
      }
    }
    if (missing !== 0 && this.improves(sum - missing, rows - missingRows)) {
      bestBin = lastBin;
      missingLeft = false;
    }
    if (bestBin < 0) return;
    this.describe = () => {
      const goesLeft = Uint8Array.from({ length: SLOTS }, (_, bin) => Number(bin <= bestBin));
      // Where training saw nothing missing, a missing number follows the majority.
      const majorityLeft = this.hessianOf(this.bestLeft) > this.hessian / 2;
      goesLeft[MISSING_BIN] = Number(missing === 0 ? majorityLeft : missingLeft);
      return { feature, bin: bestBin, goesLeft };
    };
  }

  /**
   * Orders the categories by their mean gradient and takes the first or the last few of them to
   * the left (Fisher, On grouping for maximum homogeneity, 1958). The left is the smaller side, so
   * that a category which is rare here, or was never seen, goes with the majority.
   */
  tryCategory(feature: number): void {
    const order = this.categoriesByGradient(feature);
    for (const ascending of [true, false]) {
      const ordered = ascending ? order : order.toReversed();
      const taken = this.tryFirstOf(ordered, feature);
      if (taken === 0) continue;
      this.describe = () => {
        const goesLeft = new Uint8Array(SLOTS);
        for (const bin of ordered.slice(0, taken)) goesLeft[bin] = 1;
        return { feature, bin: 0, goesLeft };
      };
    }
  }

  private tryFirstOf(bins: readonly number[], feature: number): number {
    const { histogram, counts } = this.question;
    let left = 0;
    let leftRows = 0;
    let taken = 0;
    for (const [at, bin] of bins.entries()) {
      left += histogram[feature * SLOTS + bin]!;
      leftRows += counts?.[feature * SLOTS + bin] ?? 0;
      if (this.hessianOf(left) > this.hessian / 2) break;
      if (this.improves(left, leftRows)) taken = at + 1;
    }
    return taken;
  }

  private categoriesByGradient(feature: number): number[] {
    const { histogram } = this.question;
    const extra = this.rules.smoothing / this.rowsPerHessian;
    const means = new Float64Array(SLOTS);
    const bins: number[] = [];
    for (let bin = 0; bin < SLOTS; bin++) {
      const { gradient, hessian } = unpack(histogram[feature * SLOTS + bin]!, this.packing);
      if (hessian * this.rowsPerHessian < LEAST_ROWS_OF_CATEGORY) continue;
      means[bin] = gradient / (hessian + extra);
      bins.push(bin);
    }
    return bins.toSorted((a, b) => means[a]! - means[b]!);
  }

  private hessianOf(sum: number): number {
    const { hessianLevels, unit } = this.packing;
    return (sum - Math.floor(sum / unit) * unit) / hessianLevels;
  }

  /** Whether a left side is allowed and gains more than any before; keeps it if so. */
  private improves(left: number, leftRows: number): boolean {
    const { gradientLevels, hessianLevels, unit } = this.packing;
    const { l2, minimumRows } = this.rules;
    const level = Math.floor(left / unit);
    const hessian = (left - level * unit) / hessianLevels;
    const otherHessian = this.hessian - hessian;
    if (hessian < LEAST_HESSIAN || otherHessian < LEAST_HESSIAN) return false;
    const rows = this.question.counts ? leftRows : hessian * this.rowsPerHessian;
    if (rows < minimumRows || this.question.rows - rows < minimumRows) return false;
    const gradient = level / gradientLevels;
    const otherGradient = this.gradient - gradient;
    const gain =
      (gradient * gradient) / (hessian + l2) +
      (otherGradient * otherGradient) / (otherHessian + l2) -
      this.parentGain;
    if (!(gain > this.bestGain)) return false;
    this.bestGain = gain;
    this.bestLeft = left;
    return true;
  }
}
