/** Grows one tree, always splitting the leaf that gains most (leaf-wise, as LightGBM does). */
import type { Tree } from '../onnx/tree.ts';
import { type BinnedTable, MISSING_BIN, SLOTS } from './binning.ts';
import { accumulate, mark, type Packing, partition, subtract } from './kernels.ts';
import { bestSplit, type Split, type SplitRules, unpack } from './split.ts';

export interface GrowthRules {
  readonly leaves: number;
  readonly minimumRows: number;
  readonly l2: number;
  readonly smoothing: number;
  readonly learningRate: number;
  /** Largest absolute value of a leaf before the learning rate. */
  readonly largestValue: number;
}

export interface GrownTree {
  readonly tree: Tree;
  /** What each leaf adds, by the number that `leafOf` has for a row. */
  readonly leafValues: Float64Array;
  /** What splitting on each feature gained. */
  readonly gains: Float64Array;
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  /** Packed sum of its rows. */
  readonly sum: number;
  readonly histogram: Float64Array;
  readonly split: Split | undefined;
}

interface Node {
  feature: number;
  threshold: number;
  members: Uint8Array | undefined;
  missingLeft: number;
  left: number;
  right: number;
  value: number;
}

export class TreeGrower {
  /** The leaf of the last tree that each row is in. */
  readonly leafOf: Uint16Array;
  private readonly table: BinnedTable;
  private readonly rules: GrowthRules;
  private readonly splitRules: SplitRules;
  private readonly rows: Int32Array;
  private readonly spare: Int32Array;
  private readonly unused: Float64Array[] = [];
  private packed: Float64Array = new Float64Array(0);
  private packing: Packing = { gradientLevels: 1, hessianLevels: 1, unit: 1 };

  constructor(table: BinnedTable, rules: GrowthRules) {
    this.table = table;
    this.rules = rules;
    this.splitRules = { boundaries: table.boundaries, ...rules };
    this.rows = new Int32Array(table.rows);
    this.spare = new Int32Array(table.rows);
    this.leafOf = new Uint16Array(table.rows);
  }

  /** Grows a tree to the packed derivatives of all rows. */
  grow(packed: Float64Array, packing: Packing): GrownTree {
    this.packed = packed;
    this.packing = packing;
    for (let row = 0; row < this.rows.length; row++) this.rows[row] = row;
    const nodes: Node[] = [leafNode()];
    const gains = new Float64Array(this.table.width);
    const leaves = [this.root()];
    while (leaves.length < this.rules.leaves) {
      const at = mostGaining(leaves);
      const { split } = leaves[at]!;
      if (!split) break;
      const children = this.divide(leaves[at]!, split, nodes, leaves.length + 1);
      if (children.length === 2) gains[split.feature]! += split.gain;
      leaves.splice(at, 1, ...children);
    }
    const leafValues = Float64Array.from(leaves, (leaf) => this.valueOf(leaf.sum));
    for (const [number, leaf] of leaves.entries()) {
      nodes[leaf.node]!.value = leafValues[number]!;
      mark(this.leafOf, number, this.rows, leaf.from, leaf.to);
    }
    this.unused.push(...new Set(leaves.map(({ histogram }) => histogram)));
    return { tree: toTree(nodes), leafValues, gains };
  }

  private root(): Leaf {
    const histogram = this.histogramOf(0, this.table.rows);
    let sum = 0;
    for (let slot = 0; slot < SLOTS; slot++) sum += histogram[slot]!;
    return this.leaf({ node: 0, from: 0, to: this.table.rows, sum, histogram });
  }

  /** The two leaves that a split makes; or the leaf with another split, if a side has too few rows. */
  private divide(leaf: Leaf, split: Split, nodes: Node[], leavesAfter: number): Leaf[] {
    const { from, to, histogram } = leaf;
    const bins = this.table.byFeature[split.feature]!;
    const middle = partition(this.rows, from, to, bins, split.goesLeft, this.spare);
    const leftIsSmaller = middle - from <= to - middle;
    if (Math.min(middle - from, to - middle) < this.rules.minimumRows) {
      return [{ ...leaf, split: this.splitByCounts(leaf) }];
    }
    const parent = nodes[leaf.node]!;
    const boundaries = this.table.boundaries[split.feature];
    parent.feature = split.feature;
    if (boundaries) {
      parent.threshold = boundaries[split.bin] ?? Infinity;
      parent.missingLeft = split.goesLeft[MISSING_BIN]!;
    } else parent.members = split.goesLeft;
    parent.left = nodes.push(leafNode()) - 1;
    parent.right = nodes.push(leafNode()) - 1;

    const left = { node: parent.left, from, to: middle, sum: split.left };
    const right = { node: parent.right, from: middle, to, sum: leaf.sum - split.left };
    if (leavesAfter === this.rules.leaves) {
      // The tree is full: nobody will ask how to split these.
      const full = { histogram, split: undefined };
      return [
        { ...left, ...full },
        { ...right, ...full },
      ];
    }
    const smaller = leftIsSmaller ? left : right;
    const smallerHistogram = this.histogramOf(smaller.from, smaller.to);
    subtract(histogram, smallerHistogram);
    return [left, right].map((side) =>
      this.leaf({ ...side, histogram: side === smaller ? smallerHistogram : histogram }),
    );
  }

  private leaf(leaf: Omit<Leaf, 'split'>): Leaf {
    const rows = leaf.to - leaf.from;
    const divisible = rows >= 2 * this.rules.minimumRows;
    const question = { histogram: leaf.histogram, sum: leaf.sum, rows };
    const split = divisible ? bestSplit(question, this.splitRules, this.packing) : undefined;
    return { ...leaf, split };
  }

  private splitByCounts({ from, to, histogram, sum }: Leaf): Split | undefined {
    const ones = new Float64Array(this.table.rows).fill(1);
    const counts = this.histogramOf(from, to, ones);
    const question = { histogram, sum, rows: to - from, counts };
    const split = bestSplit(question, this.splitRules, this.packing);
    this.unused.push(counts);
    return split;
  }

  private histogramOf(from: number, to: number, values = this.packed): Float64Array {
    const { width, byRow } = this.table;
    const histogram = this.unused.pop()?.fill(0) ?? new Float64Array(width * SLOTS);
    accumulate(histogram, byRow, width, this.rows, from, to, values);
    return histogram;
  }

  private valueOf(sum: number): number {
    const { gradient, hessian } = unpack(sum, this.packing);
    const { l2, largestValue, learningRate } = this.rules;
    const value = -gradient / (hessian + l2 || 1);
    const bounded = Math.max(-largestValue, Math.min(largestValue, value));
    // What the file holds is a 32-bit float, so training goes on from that.
    return Math.fround(bounded * learningRate);
  }
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = 0;
  for (const [at, { split }] of leaves.entries()) {
    if ((split?.gain ?? 0) > (leaves[best]!.split?.gain ?? 0)) best = at;
  }
  return best;
}

function leafNode(): Node {
  return {
    feature: -1,
    threshold: 0,
    members: undefined,
    missingLeft: 0,
    left: 0,
    right: 0,
    value: 0,
  };
}

function toTree(nodes: readonly Node[]): Tree {
  return {
    feature: Int32Array.from(nodes, (node) => node.feature),
    threshold: Float32Array.from(nodes, (node) => node.threshold),
    members: nodes.map((node) => node.members),
    missingLeft: Uint8Array.from(nodes, (node) => node.missingLeft),
    left: Int32Array.from(nodes, (node) => node.left),
    right: Int32Array.from(nodes, (node) => node.right),
    value: Float32Array.from(nodes, (node) => node.value),
  };
}
