/** What trees are grown to lower: log-loss for yes or no and for classes, half the squared error for a number. */
import type { Target } from '../model/definition.ts';
import type { Crew } from './engine/crew.ts';
import { type Levels, levelsFor } from './engine/levels.ts';
import type { Records } from './engine/records.ts';
import type { GrownLeaf } from './tree-grower.ts';

/** Training rows whose loss is followed at most, evenly spread. */
const ROWS_LOOKED_AT = 20_000;
const CODES = { binary: 0, regression: 1, multiclass: 2 } as const;
const LEAF_BYTES = 16;

export interface LossOptions {
  readonly kind: Target['kind'];
  /** 0 or 1, a class's number, or the value itself; by row. */
  readonly target: Float64Array;
  /** How much each row counts. @default 1 */
  readonly weights?: Float64Array;
  /** Of a multiclass target; else 1. */
  readonly classes: number;
  /** Share of the rows that each tree learns from. */
  readonly rowSample: number;
  /** Most leaves that a tree can have. */
  readonly leaves: number;
}

export interface StepOptions {
  readonly leaves: readonly GrownLeaf[];
  readonly seed: number;
  /** Class that the leaves are about. */
  readonly moved: number;
  /** Class that the next tree is about. */
  readonly derived: number;
  /** Where the threads sum up the next tree's root. */
  readonly parts: number;
}

/** Where every training row stands, in the kernels' memory. */
export class Loss {
  /** Score of each class before the first tree; one for the other kinds. */
  readonly base: readonly number[];
  /** Largest absolute value of a leaf, before the learning rate. */
  readonly largestValue: number;
  private readonly options: LossOptions;
  private readonly crew: Crew;
  private readonly records: Records;
  private readonly state: Float32Array;
  private readonly labels: Uint8Array;
  private readonly weights: Float32Array | undefined;
  private readonly leafLists: readonly number[];
  private readonly largestWeight: number;
  /** Largest absolute error of a number. */
  private largestError = 0;

  constructor(crew: Crew, records: Records, options: LossOptions) {
    const { kind, target, classes, leaves, weights } = options;
    const rows = target.length;
    this.crew = crew;
    this.records = records;
    this.options = options;
    this.state = new Float32Array(crew.buffer, crew.allocate(4 * rows * classes), rows * classes);
    this.labels = new Uint8Array(crew.buffer, crew.allocate(rows), rows);
    this.leafLists = Array.from({ length: crew.threads }, () => crew.allocate(leaves * LEAF_BYTES));
    if (weights) {
      this.weights = new Float32Array(crew.buffer, crew.allocate(4 * rows), rows);
      this.weights.set(weights);
    }
    this.largestWeight = weights?.reduce((most, weight) => Math.max(most, weight), 0) ?? 1;
    this.base = baseOf(options);
    this.largestValue = kind === 'regression' ? Number.MAX_VALUE : 50;
    if (kind === 'regression') this.startErrors();
    else this.startOdds();
  }

  /** Bytes that it allocates. */
  static bytesFor(threads: number, { target, classes, leaves, weights }: LossOptions): number {
    const perRow = 4 * classes + 1 + (weights ? 4 : 0);
    return target.length * perRow + 64 + threads * (leaves * LEAF_BYTES + 16);
  }

  /** Derives the loss before the first tree. */
  start(seed: number, parts: number): Levels {
    return this.derive(seed, parts, 0);
  }

  /** Moves every row by its leaf's value and derives the loss for the next tree. */
  step({ leaves, seed, moved, derived, parts }: StepOptions): Levels {
    const levels = this.run(leaves, seed, moved, derived, parts);
    const { classes } = this.options;
    if (classes === 1 || moved < classes - 1) return levels;
    const { rows } = this.records;
    const cut = (thread: number): number => Math.floor((rows * thread) / this.crew.threads);
    this.crew.together('normalise', rows, (thread) => [
      this.state.byteOffset,
      cut(thread),
      cut(thread + 1),
      classes,
    ]);
    return this.derive(seed, parts, derived);
  }

  /** Mean log-loss, or root of the mean squared error, of up to 20,000 rows. */
  get trainingLoss(): number {
    const { kind, target, classes } = this.options;
    const step = Math.max(1, target.length / ROWS_LOOKED_AT);
    const looked = Math.floor(target.length / step);
    let total = 0;
    let weights = 0;
    for (let at = 0; at < looked; at++) {
      const row = Math.floor(at * step);
      const weight = this.weights?.[row] ?? 1;
      weights += weight;
      if (kind === 'regression') total += weight * this.state[row]! ** 2;
      else if (kind === 'multiclass') {
        total -= weight * Math.log(this.state[row * classes + target[row]!]!);
      } else {
        const odds = this.state[row]!;
        total += weight * Math.log1p(odds < 0 ? -odds : 1 / odds);
      }
    }
    return kind === 'regression' ? Math.sqrt(total / weights) : total / weights;
  }

  /** Derivatives where every row stands. */
  private derive(seed: number, parts: number, derived: number): Levels {
    const threads = Array.from({ length: this.crew.threads }, (_, thread) => thread);
    const all: GrownLeaf = {
      buffer: 0,
      from: threads.map(() => 0),
      counts: threads.map((thread) => this.records.countOf(thread)),
      value: 0,
    };
    return this.run([all], seed, 0, derived, parts);
  }

  private run(
    leaves: readonly GrownLeaf[],
    seed: number,
    moved: number,
    derived: number,
    parts: number,
  ): Levels {
    const { crew, records } = this;
    const { kind, classes, rowSample } = this.options;
    const levels = this.levelsAfter(leaves);
    this.writeLeaves(leaves);
    const size = records.width * 2048;
    const errors = crew.together('step', records.rows, (thread) => [
      this.leafLists[thread]!,
      leaves.length,
      records.stride,
      records.width,
      parts + thread * size,
      levels.bits,
      Number(levels.bits > 0),
      levels.shift,
      CODES[kind],
      this.state.byteOffset,
      this.labels.byteOffset,
      this.weights?.byteOffset ?? 0,
      levels.gradient,
      levels.hessian,
      seed | 0,
      rowSample,
      classes,
      moved,
      derived,
    ]);
    this.largestError = Math.max(...errors);
    return levels;
  }

  private levelsAfter(leaves: readonly GrownLeaf[]): Levels {
    const { kind, classes, rowSample, target } = this.options;
    const rows = target.length;
    const weight = this.largestWeight;
    if (kind !== 'regression') {
      const largestHessian = classes === 1 ? 0.25 : (0.25 * classes) / (classes - 1);
      return levelsFor(rows, weight, weight * largestHessian);
    }
    const move = leaves.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
    const isPlain = this.weights === undefined && rowSample >= 1;
    const largest = (this.largestError + move) * 1.001;
    return levelsFor(rows, weight * largest, isPlain ? undefined : weight);
  }

  private writeLeaves(leaves: readonly GrownLeaf[]): void {
    const { buffer } = this.crew;
    const { kind } = this.options;
    for (const [thread, list] of this.leafLists.entries()) {
      const words = new Uint32Array(buffer, list, leaves.length * 4);
      const moves = new Float32Array(buffer, list, leaves.length * 4);
      for (const [at, leaf] of leaves.entries()) {
        words[4 * at] = this.records.address(thread, leaf.buffer, leaf.from[thread]!);
        words[4 * at + 1] = this.records.address(thread, 0, leaf.from[thread]!);
        words[4 * at + 2] = leaf.counts[thread]!;
        if (kind === 'regression') moves[4 * at + 3] = leaf.value;
        else moves[4 * at + 3] = Math.exp(kind === 'binary' ? -leaf.value : leaf.value);
      }
    }
  }

  private startErrors(): void {
    const { target } = this.options;
    for (let row = 0; row < target.length; row++) {
      const error = this.base[0]! - target[row]!;
      this.state[row] = error;
      this.largestError = Math.max(this.largestError, Math.abs(error));
    }
  }

  private startOdds(): void {
    if (this.options.kind === 'binary') {
      const odds = Math.exp(-this.base[0]!);
      this.state.set(this.options.target.map((label) => (label === 1 ? -odds : odds)));
      return;
    }
    this.labels.set(this.options.target);
    for (const [at, score] of this.base.entries()) {
      const probability = Math.exp(score);
      for (let cell = at; cell < this.state.length; cell += this.base.length) {
        this.state[cell] = probability;
      }
    }
  }
}

/** The best prediction that is the same for every row, as scores that a 32-bit float holds. */
function baseOf({ kind, target, weights, classes }: LossOptions): number[] {
  const sums = new Float64Array(classes);
  let total = 0;
  let moment = 0;
  for (let row = 0; row < target.length; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    moment += weight * target[row]!;
    if (kind === 'multiclass') sums[target[row]!]! += weight;
  }
  if (kind === 'regression') return [Math.fround(moment / total)];
  if (kind === 'binary') {
    const rate = (moment + 0.5) / (total + 1);
    return [Math.fround(Math.log(rate / (1 - rate)))];
  }
  // Half a row for each class, so that one that never occurs has a logarithm too.
  return Array.from(sums, (sum) => Math.fround(Math.log((sum + 0.5) / (total + classes / 2))));
}
