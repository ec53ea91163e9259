/** Grows one tree, always splitting the leaf that gains most (leaf-wise, as LightGBM does). */
import type { Tree } from '../onnx/tree.ts';
import { MISSING_BIN, SLOTS } from './binning.ts';
import type { Crew } from './engine/crew.ts';
import type { Levels } from './engine/levels.ts';
import type { Records } from './engine/records.ts';
import { type RankingRules, Rankings } from './rankings.ts';
import { bestSplit, bestValue, type Split } from './split.ts';
import { addLeaf, type GrowingTree, startTree, toTree } from './growing-tree.ts';

export interface GrowthRules extends RankingRules {
  readonly leaves: number;
  readonly learningRate: number;
  /** Largest absolute value of a leaf before the learning rate. */
  readonly largestValue: number;
}

/** A leaf of a grown tree: where its rows' records are, and what it adds. */
export interface GrownLeaf {
  readonly buffer: 0 | 1;
  /** By thread: the first of its records and how many they are. */
  readonly from: readonly number[];
  readonly counts: readonly number[];
  readonly value: number;
}

export interface GrownTree {
  readonly tree: Tree;
  readonly leaves: readonly GrownLeaf[];
  /** What splitting on each feature gained. */
  readonly gains: Float64Array;
}

interface Leaf extends Omit<GrownLeaf, 'value'> {
  readonly node: number;
  readonly rows: number;
  readonly gradient: number;
  readonly hessian: number;
  /** Address; 0 where nobody will ask how to split the leaf. */
  readonly histogram: number;
  readonly low: number;
  readonly high: number;
  readonly split?: Split | undefined;
  /** Whether the split was found by exact counts of rows. */
  readonly isCounted?: true;
}

const HISTOGRAM_SLOT = 8;

export class TreeGrower {
  /** Where the threads sum up the root before a tree is grown, one histogram after the other. */
  readonly parts: number;
  private readonly crew: Crew;
  private readonly records: Records;
  private readonly rules: GrowthRules;
  /** Undefined where each split has a set of its own. */
  private readonly rankings: Rankings | undefined;
  private readonly slots: number;
  private readonly unused: number[];
  private readonly goesLeft: Uint8Array;
  private readonly gradients: Float64Array;
  private readonly hessians: Float64Array;
  private readonly counts: Float64Array;
  private levels: Levels = { gradient: 1, hessian: 1, bits: 0, shift: 32 };
  private isAsked: (feature: number) => boolean = () => true;

  constructor(crew: Crew, records: Records, rules: GrowthRules) {
    this.crew = crew;
    this.records = records;
    this.rules = rules;
    this.rankings = rules.rankings > 0 ? new Rankings(rules) : undefined;
    this.slots = records.width * SLOTS;
    const size = this.slots * HISTOGRAM_SLOT;
    this.parts = crew.allocate(crew.threads * size);
    this.unused = Array.from({ length: histogramsFor(records.rows, rules) }, () =>
      crew.allocate(size),
    );
    this.goesLeft = new Uint8Array(crew.buffer, crew.allocate(SLOTS), SLOTS);
    const sums = () => new Float64Array(crew.buffer, crew.allocate(size), this.slots);
    this.gradients = sums();
    this.hessians = sums();
    this.counts = sums();
  }

  /** Bytes that it allocates. */
  static bytesFor(threads: number, rows: number, width: number, rules: GrowthRules): number {
    return (threads + histogramsFor(rows, rules) + 4) * width * SLOTS * HISTOGRAM_SLOT;
  }

  /**
   * Grows a tree to the derivatives in the records, whose sums lie in `parts`.
   *
   * @param isAsked by feature, whether this tree may use it
   */
  grow(levels: Levels, isAsked: (feature: number) => boolean = () => true): GrownTree {
    this.levels = levels;
    this.isAsked = isAsked;
    this.rankings?.startTree();
    const growing = startTree();
    const gains = new Float64Array(this.records.width);
    const leaves = [this.root()];
    while (leaves.length < this.rules.leaves) {
      const at = mostGaining(leaves);
      const { split } = leaves[at]!;
      if (!split) break;
      const children = this.divide(leaves[at]!, split, growing, leaves.length + 1);
      if (children.length === 2) gains[split.feature]! += split.gain;
      leaves.splice(at, 1, ...children);
    }
    const grown = leaves.map((leaf): GrownLeaf => {
      const { node, histogram, buffer, from, counts } = leaf;
      const value = this.valueOf(leaf);
      growing[node]!.value = value;
      if (histogram > 0) this.unused.push(histogram);
      return { buffer, from, counts, value };
    });
    return { tree: toTree(growing), leaves: grown, gains };
  }

  private root(): Leaf {
    const histogram = this.unused.pop()!;
    this.crew.alone('combine', this.parts, this.crew.threads, this.size, histogram, 0);
    this.decode(histogram, this.gradients, this.hessians);
    let gradient = 0;
    let hessian = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      gradient += this.gradients[slot]!;
      hessian += this.hessians[slot]!;
    }
    const threads = Array.from({ length: this.crew.threads }, (_, thread) => thread);
    return this.withSplit({
      node: 0,
      buffer: 0,
      from: threads.map(() => 0),
      counts: threads.map((thread) => this.records.countOf(thread)),
      rows: this.records.rows,
      gradient,
      hessian,
      histogram,
      low: -Infinity,
      high: Infinity,
    });
  }

  private get size(): number {
    return this.slots * HISTOGRAM_SLOT;
  }

  /** The two leaves that a split makes; or the leaf with another split, if a side has too few rows. */
  private divide(leaf: Leaf, split: Split, growing: GrowingTree, leavesAfter: number): Leaf[] {
    const { minimumRows, leaves } = this.rules;
    // Nobody will ask how to split the children of a tree that is full, or too small ones.
    const isLast = leavesAfter === leaves || leaf.rows < 3 * minimumRows;
    const leftIsSmaller = split.hessian <= leaf.hessian / 2;
    const [left, right] = this.sidesOf(leaf, split, isLast ? 0 : leftIsSmaller ? 1 : 2);
    if (Math.min(left.rows, right.rows) < minimumRows) {
      // Without a second try: bins that were empty may make the sides differ from the counts.
      const next = leaf.isCounted ? undefined : this.splitByCounts(leaf);
      return [{ ...leaf, split: next, isCounted: true }];
    }
    const boundaries = this.rules.boundaries[split.feature];
    const question = growing[leaf.node]!;
    question.feature = split.feature;
    if (boundaries) {
      question.threshold = boundaries[split.bin] ?? Infinity;
      question.missingLeft = split.goesLeft[MISSING_BIN]!;
    } else if (split.ranking) {
      question.threshold = split.bin;
      question.ranks = split.ranking.ranks;
    } else question.members = split.goesLeft;
    question.left = addLeaf(growing);
    question.right = addLeaf(growing);
    const children = [
      { ...left, node: question.left },
      { ...right, node: question.right },
    ];
    if (isLast) {
      this.unused.push(leaf.histogram);
      return children.map((child) => ({ ...child, histogram: 0 }));
    }
    const smaller = this.unused.pop()!;
    this.crew.alone('combine', this.parts, this.crew.threads, this.size, smaller, leaf.histogram);
    const histograms = leftIsSmaller ? [smaller, leaf.histogram] : [leaf.histogram, smaller];
    return children.map((child, side) => {
      return this.withSplit({ ...child, histogram: histograms[side]! });
    });
  }

  /** Moves the leaf's records to the other buffer, left and right apart; sums up one side. */
  private sidesOf(leaf: Leaf, split: Split, summed: 0 | 1 | 2) {
    const { crew, records, levels } = this;
    const { buffer, from, counts } = leaf;
    const other: 0 | 1 = buffer === 0 ? 1 : 0;
    this.goesLeft.set(split.goesLeft);
    const went = crew.together('divide', leaf.rows, (thread) => [
      records.address(thread, buffer, from[thread]!),
      counts[thread]!,
      records.stride,
      records.address(thread, other, from[thread]!),
      split.feature,
      this.goesLeft.byteOffset,
      summed,
      records.width,
      this.parts + thread * this.size,
      levels.bits,
      Number(levels.bits > 0),
      levels.shift,
    ]);
    const rows = went.reduce((sum, count) => sum + count, 0);
    const bounds = this.boundsOf(leaf, split);
    const { gradient, hessian } = split;
    const left = { buffer: other, from, counts: went, rows, gradient, hessian, ...bounds.left };
    const right = {
      buffer: other,
      from: from.map((first, thread) => first + went[thread]!),
      counts: counts.map((count, thread) => count - went[thread]!),
      rows: leaf.rows - rows,
      gradient: leaf.gradient - gradient,
      hessian: leaf.hessian - hessian,
      ...bounds.right,
    };
    return [left, right] as const;
  }

  /** A split on a feature with a direction bounds all that comes below it by the middle of both sides. */
  private boundsOf(leaf: Leaf, split: Split) {
    const { low, high } = leaf;
    const direction = this.rules.directions[split.feature] ?? 0;
    if (direction === 0) return { left: { low, high }, right: { low, high } };
    const clip = (value: number) => Math.max(low, Math.min(high, value));
    const left = clip(bestValue(split.gradient, split.hessian, this.rules));
    const rest = leaf.hessian - split.hessian;
    const right = clip(bestValue(leaf.gradient - split.gradient, rest, this.rules));
    const middle = (left + right) / 2;
    const below = { low, high: middle };
    const above = { low: middle, high };
    return direction > 0 ? { left: below, right: above } : { left: above, right: below };
  }

  private withSplit(leaf: Leaf): Leaf {
    if (leaf.rows < 2 * this.rules.minimumRows) return leaf;
    this.decode(leaf.histogram, this.gradients, this.hessians);
    return { ...leaf, split: this.bestSplit(leaf) };
  }

  private bestSplit(leaf: Leaf, counts?: Float64Array): Split | undefined {
    const { gradients, hessians, rules, isAsked, rankings } = this;
    const { gradient, hessian, rows, low, high } = leaf;
    const sums = { gradients, hessians, gradient, hessian, rows, low, high };
    const question = counts ? { ...sums, counts } : sums;
    return rankings ? rankings.bestSplit(question, isAsked) : bestSplit(question, rules, isAsked);
  }

  private splitByCounts(leaf: Leaf): Split | undefined {
    const { crew, records } = this;
    const counting = 1;
    crew.together('sum', leaf.rows, (thread) => [
      records.address(thread, leaf.buffer, leaf.from[thread]!),
      leaf.counts[thread]!,
      records.stride,
      records.width,
      this.parts + thread * this.size,
      0,
      0,
      0,
      counting,
    ]);
    const total = this.parts;
    crew.alone('combine', this.parts, crew.threads, this.size, total, 0);
    // As sums of nothing but whole hessians, counts decode as these.
    crew.alone(
      'decode',
      total,
      this.slots,
      62,
      this.gradients.byteOffset,
      this.counts.byteOffset,
      1,
      1,
    );
    this.decode(leaf.histogram, this.gradients, this.hessians);
    return this.bestSplit(leaf, this.counts);
  }

  private decode(histogram: number, gradients: Float64Array, hessians: Float64Array): void {
    const { shift, gradient, hessian } = this.levels;
    const { byteOffset: to } = gradients;
    const units = [1 / gradient, 1 / hessian];
    this.crew.alone('decode', histogram, this.slots, shift, to, hessians.byteOffset, ...units);
  }

  private valueOf({ gradient, hessian, low, high }: Leaf): number {
    const { largestValue, learningRate } = this.rules;
    const value = bestValue(gradient, hessian, this.rules);
    const bounded = Math.max(-largestValue, low, Math.min(largestValue, high, value));
    // What the file holds is a 32-bit float, so training goes on from that.
    return Math.fround(bounded * learningRate);
  }
}

function histogramsFor(rows: number, { leaves, minimumRows }: GrowthRules): number {
  return Math.min(leaves, Math.ceil(rows / minimumRows)) + 2;
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = 0;
  for (const [at, { split }] of leaves.entries()) {
    if ((split?.gain ?? 0) > (leaves[best]!.split?.gain ?? 0)) best = at;
  }
  return best;
}
