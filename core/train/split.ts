/** The best place to cut a leaf in two, read off its histogram. */
import { MISSING_BIN, SLOTS } from './binning.ts';

/** Least second derivative on either side, so that no division is by almost nothing. */
const LEAST_HESSIAN = 1e-3;
/** Categories with fewer rows in a leaf are not judged one by one; they follow the majority. */
const LEAST_ROWS_OF_CATEGORY = 10;

/** An order of a feature's categories. */
export interface Ranking {
  /** Codes in their order. */
  readonly order: Uint8Array;
  /** By code, its place in the order. */
  readonly ranks: Uint8Array;
}

export interface Split {
  readonly feature: number;
  /** By bin, 1 for those that go left. */
  readonly goesLeft: Uint8Array;
  /**
   * Last bin on the left, where the bins are of numbers; the last of all leaves the missing right.
   * Last rank on the left, where there is a ranking.
   */
  readonly bin: number;
  /** The order that is cut in two; without one, categories are divided as this leaf orders them. */
  readonly ranking?: Ranking;
  /** By how much the loss falls, to second order, doubled. */
  readonly gain: number;
  /** Sums of the left side's derivatives. */
  readonly gradient: number;
  readonly hessian: number;
}

export interface SplitQuestion {
  /** Sums by feature and bin. */
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  /** Sums over all rows of the leaf. */
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  /** By feature, the orders that its categories may be cut in. @default each leaf has its own */
  readonly rankings?: readonly (readonly Ranking[] | undefined)[];
  /** Rows in each slot, where they must be exact; else the share of the hessian stands for them. */
  readonly counts?: Float64Array;
  /** What a value in this leaf must lie between, so that the prediction rises or falls as asked. */
  readonly low: number;
  readonly high: number;
}

export interface Penalties {
  readonly l1: number;
  readonly l2: number;
}

export interface SplitRules extends Penalties {
  readonly boundaries: readonly (Float32Array | undefined)[];
  /** By feature: 1 where the prediction may only rise with it, -1 where only fall, else 0. */
  readonly directions: readonly number[];
  /** Rows' worth of an average category that temper how extreme one looks. */
  readonly smoothing: number;
  readonly minimumRows: number;
  readonly minimumGain: number;
}

/**
 * The value of a leaf that lowers the loss most, to second order: `-T(gradient) / (hessian + l2)`,
 * T drawing towards 0 by l1.
 */
export function bestValue(gradient: number, hessian: number, { l1, l2 }: Penalties): number {
  const drawn = Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1);
  return -drawn / (hessian + l2 || 1);
}

/**
 * @param isAsked by feature, whether this tree may use it
 * @returns the split of the largest gain, or undefined where none is allowed or gains enough
 */
export function bestSplit(
  question: SplitQuestion,
  rules: SplitRules,
  isAsked: (feature: number) => boolean = () => true,
): Split | undefined {
  const search = new SplitSearch(question, rules);
  for (const [feature, boundaries] of rules.boundaries.entries()) {
    if (!isAsked(feature)) continue;
    if (boundaries) search.tryNumber(feature, boundaries.length);
    else if (question.rankings) search.tryRankings(feature, question.rankings[feature] ?? []);
    else search.tryCategory(feature);
  }
  return search.best();
}

const RANKS_PRESENT = new Int32Array(SLOTS / 32);

interface Sums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

const NOTHING: Sums = { gradient: 0, hessian: 0, rows: 0 };

class SplitSearch {
  private readonly question: SplitQuestion;
  private readonly rules: SplitRules;
  private readonly gradients: Float64Array;
  private readonly hessians: Float64Array;
  private readonly gradient: number;
  private readonly hessian: number;
  private readonly l2: number;
  private readonly parentGain: number;
  private readonly rowsPerHessian: number;
  /** Whether values are bounded or drawn to 0, for which there is no short formula. */
  private readonly isBound: boolean;
  private readonly leastHessian: number;
  private direction = 0;
  private bestGain: number;
  private bestGradient = 0;
  private bestHessian = 0;
  /** Tells the best split's bins; made only for the one that wins. */
  private describe: (() => Pick<Split, 'feature' | 'bin' | 'goesLeft' | 'ranking'>) | undefined;

  constructor(question: SplitQuestion, rules: SplitRules) {
    this.question = question;
    this.rules = rules;
    this.gradients = question.gradients;
    this.hessians = question.hessians;
    this.gradient = question.gradient;
    this.hessian = question.hessian;
    this.l2 = rules.l2;
    this.isBound =
      rules.l1 > 0 ||
      question.low > -Infinity ||
      question.high < Infinity ||
      rules.directions.some((direction) => direction !== 0);
    this.parentGain = this.gainOf(this.gradient, this.hessian);
    this.rowsPerHessian = question.rows / (this.hessian || 1);
    // Without exact counts, a side's share of the hessian says how many rows it has.
    const fewest = question.counts ? 0 : rules.minimumRows / this.rowsPerHessian;
    this.leastHessian = Math.max(LEAST_HESSIAN, fewest * (1 - 1e-12));
    this.bestGain = Math.max(1e-9, rules.minimumGain);
  }

  best(): Split | undefined {
    if (!this.describe) return undefined;
    const sums = { gradient: this.bestGradient, hessian: this.bestHessian };
    return { ...this.describe(), gain: this.bestGain, ...sums };
  }

  /** Cuts between two bins, with what is missing on either side; or the missing from the rest. */
  tryNumber(feature: number, lastBin: number): void {
    this.direction = this.rules.directions[feature] ?? 0;
    const missing = this.missingOf(feature);
    let bestBin = this.tryCuts(feature, lastBin, NOTHING);
    let missingLeft = false;
    if (missing.hessian > 0) {
      const withMissing = this.tryCuts(feature, lastBin, missing);
      if (withMissing >= 0) {
        bestBin = withMissing;
        missingLeft = true;
      }
      if (this.direction === 0 && this.separates(missing)) {
        bestBin = lastBin;
        missingLeft = false;
      }
    }
    if (bestBin < 0) return;
    this.describe = () => {
      const goesLeft = new Uint8Array(SLOTS).fill(1, 0, bestBin + 1);
      // Where training saw nothing missing, a missing number follows the majority.
      const majorityLeft = this.bestHessian > this.hessian / 2;
      goesLeft[MISSING_BIN] = Number(missing.hessian > 0 ? missingLeft : majorityLeft);
      return { feature, bin: bestBin, goesLeft };
    };
  }

  /** Tries all cuts with some rows on the left already; returns the best bin, -1 if none was better. */
  private tryCuts(feature: number, lastBin: number, start: Sums): number {
    const { gradients, hessians } = this;
    const { counts } = this.question;
    let { gradient, hessian, rows } = start;
    let bestBin = -1;
    const base = feature * SLOTS;
    for (let slot = base; slot < base + lastBin; slot++) {
      const inBin = hessians[slot]!;
      // Rows that a tree does not learn from have no hessian, but count.
      if (counts) rows += counts[slot]!;
      if (inBin === 0 && gradients[slot] === 0) continue;
      gradient += gradients[slot]!;
      hessian += inBin;
      if (this.improves(gradient, hessian, rows)) bestBin = slot - base;
    }
    return bestBin;
  }

  private missingOf(feature: number): Sums {
    const slot = feature * SLOTS + MISSING_BIN;
    const { gradients, hessians } = this;
    const rows = this.question.counts?.[slot] ?? 0;
    return { gradient: gradients[slot]!, hessian: hessians[slot]!, rows };
  }

  private separates({ gradient, hessian, rows }: Sums): boolean {
    const present = this.question.rows - rows;
    return this.improves(this.gradient - gradient, this.hessian - hessian, present);
  }

  /** Cuts each order in two. */
  tryRankings(feature: number, rankings: readonly Ranking[]): void {
    this.direction = 0;
    const present = this.codesWithRows(feature);
    for (const ranking of rankings) {
      const bin = this.tryRanks(feature, ranking, present);
      if (bin < 0) continue;
      this.describe = () => {
        const goesLeft = new Uint8Array(SLOTS);
        for (let code = 0; code < SLOTS; code++) goesLeft[code] = +(ranking.ranks[code]! <= bin);
        return { feature, bin, goesLeft, ranking };
      };
    }
  }

  private codesWithRows(feature: number): number[] {
    const { counts } = this.question;
    const base = feature * SLOTS;
    const codes: number[] = [];
    for (let code = 0; code < SLOTS; code++) {
      const slot = base + code;
      if (this.hessians[slot] !== 0 || this.gradients[slot] !== 0 || counts?.[slot]) {
        codes.push(code);
      }
    }
    return codes;
  }

  /** Returns the best last rank on the left, -1 if none was better. */
  private tryRanks(feature: number, { order, ranks }: Ranking, present: readonly number[]): number {
    const { gradients, hessians } = this;
    const { counts } = this.question;
    const base = feature * SLOTS;
    let gradient = 0;
    let hessian = 0;
    let rows = 0;
    let bestRank = -1;
    // Most leaves have few of the categories, whose ranks are found by a bit each, in order.
    RANKS_PRESENT.fill(0);
    for (const code of present) RANKS_PRESENT[ranks[code]! >> 5]! |= 1 << (ranks[code]! & 31);
    for (let word = 0; word < RANKS_PRESENT.length; word++) {
      for (let bits = RANKS_PRESENT[word]!; bits !== 0; bits &= bits - 1) {
        const rank = word * 32 + 31 - Math.clz32(bits & -bits);
        const slot = base + order[rank]!;
        if (counts) rows += counts[slot]!;
        if (hessians[slot] === 0 && gradients[slot] === 0) continue;
        gradient += gradients[slot]!;
        hessian += hessians[slot]!;
        if (this.improves(gradient, hessian, rows)) bestRank = rank;
      }
    }
    return bestRank;
  }

  /**
   * Orders the categories by their mean gradient and takes the first or the last few of them to
   * the left (Fisher, On grouping for maximum homogeneity, 1958). The left is the smaller side, so
   * that a category which is rare here, or was never seen, goes with the majority.
   */
  tryCategory(feature: number): void {
    this.direction = 0;
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
    const { counts } = this.question;
    let gradient = 0;
    let hessian = 0;
    let leftRows = 0;
    let taken = 0;
    for (const [at, bin] of bins.entries()) {
      const slot = feature * SLOTS + bin;
      gradient += this.gradients[slot]!;
      hessian += this.hessians[slot]!;
      leftRows += counts?.[slot] ?? 0;
      if (hessian > this.hessian / 2) break;
      if (this.improves(gradient, hessian, leftRows)) taken = at + 1;
    }
    return taken;
  }

  private categoriesByGradient(feature: number): number[] {
    const extra = this.rules.smoothing / this.rowsPerHessian;
    const fewest = LEAST_ROWS_OF_CATEGORY / this.rowsPerHessian;
    const means = new Float64Array(SLOTS);
    const bins: number[] = [];
    for (let bin = 0; bin < SLOTS; bin++) {
      const hessian = this.hessians[feature * SLOTS + bin]!;
      if (hessian < fewest) continue;
      means[bin] = this.gradients[feature * SLOTS + bin]! / (hessian + extra);
      bins.push(bin);
    }
    return bins.toSorted((a, b) => means[a]! - means[b]!);
  }

  /** Whether a left side is allowed and gains more than any before; keeps it if so. */
  private improves(gradient: number, hessian: number, leftRows: number): boolean {
    const otherGradient = this.gradient - gradient;
    const otherHessian = this.hessian - hessian;
    if (hessian < this.leastHessian || otherHessian < this.leastHessian) return false;
    const gain = this.isBound
      ? this.boundGain(gradient, hessian, otherGradient, otherHessian)
      : (gradient * gradient) / (hessian + this.l2) +
        (otherGradient * otherGradient) / (otherHessian + this.l2) -
        this.parentGain;
    if (!(gain > this.bestGain)) return false;
    if (this.question.counts) {
      const fewer = Math.min(leftRows, this.question.rows - leftRows);
      if (fewer < this.rules.minimumRows) return false;
    }
    this.bestGain = gain;
    this.bestGradient = gradient;
    this.bestHessian = hessian;
    return true;
  }

  private boundGain(left: number, leftHessian: number, right: number, hessian: number): number {
    if (this.direction !== 0) {
      const rise = this.valueOf(right, hessian) - this.valueOf(left, leftHessian);
      if (rise * this.direction < 0) return -Infinity;
    }
    return this.gainOf(left, leftHessian) + this.gainOf(right, hessian) - this.parentGain;
  }

  private valueOf(gradient: number, hessian: number): number {
    const { low, high } = this.question;
    return Math.max(low, Math.min(high, bestValue(gradient, hessian, this.rules)));
  }

  private gainOf(gradient: number, hessian: number): number {
    if (!this.isBound) return (gradient * gradient) / (hessian + this.l2 || 1);
    const value = this.valueOf(gradient, hessian);
    const squares = (hessian + this.l2) * value * value;
    return -(2 * gradient * value + squares + 2 * this.rules.l1 * Math.abs(value));
  }
}
