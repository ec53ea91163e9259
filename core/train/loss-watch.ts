/** Follows the loss while trees are added. */
import type { Columns } from '../data/columns.ts';
import type { Target } from '../model/definition.ts';
import type { Encoding } from '../onnx/encoding.ts';
import { addTree, type Tree } from '../onnx/tree.ts';
import { encode } from './encoder.ts';

/** Training rows that are followed at most, evenly spread. */
const ROWS_LOOKED_AT = 20_000;

/** Loss on some of the rows that training learns from. */
export class TrainingWatch {
  private readonly kind: Target['kind'];
  private readonly rows: Int32Array;
  private readonly target: Float64Array;
  private readonly scores: Float64Array;

  constructor(kind: Target['kind'], target: Float64Array, base: number) {
    const step = Math.max(1, target.length / ROWS_LOOKED_AT);
    const looked = { length: Math.floor(target.length / step) };
    this.kind = kind;
    this.rows = Int32Array.from(looked, (_, at) => Math.floor(at * step));
    this.target = Float64Array.from(this.rows, (row) => target[row]!);
    this.scores = new Float64Array(this.rows.length).fill(base);
  }

  /** Adds a tree, as the leaf of each training row and the leaves' values; returns the loss. */
  add(leafOf: Uint16Array, leafValues: Float64Array): number {
    for (const [at, row] of this.rows.entries()) this.scores[at]! += leafValues[leafOf[row]!]!;
    return meanLoss(this.kind, this.target, this.scores);
  }
}

/** Loss on rows that training never learns from. */
export class ValidationWatch {
  /** Trees after which the loss was lowest. */
  best = 0;
  iterationsSinceBest = 0;
  private lowest = Infinity;
  private readonly kind: Target['kind'];
  private readonly columns: readonly Float32Array[];
  private readonly target: Float64Array;
  private readonly scores: Float64Array;

  constructor(kind: Target['kind'], encoding: Encoding, validation: Columns, base: number) {
    this.kind = kind;
    this.columns = encode(encoding, validation);
    this.target = validation.target;
    this.scores = new Float64Array(validation.rows).fill(base);
  }

  /** Adds a tree; returns the loss. */
  add(tree: Tree): number {
    addTree(tree, this.columns, this.scores);
    const loss = meanLoss(this.kind, this.target, this.scores);
    this.iterationsSinceBest++;
    if (loss < this.lowest) {
      this.lowest = loss;
      this.best += this.iterationsSinceBest;
      this.iterationsSinceBest = 0;
    }
    return loss;
  }
}

/** Log-loss of scores for yes or no, root of the mean squared error for numbers. */
function meanLoss(kind: Target['kind'], target: Float64Array, scores: Float64Array): number {
  let total = 0;
  if (kind === 'binary') {
    for (let row = 0; row < target.length; row++) {
      const wrongWay = target[row] === 1 ? -scores[row]! : scores[row]!;
      total += Math.max(wrongWay, 0) + Math.log1p(Math.exp(-Math.abs(wrongWay)));
    }
    return total / target.length;
  }
  for (let row = 0; row < target.length; row++) total += (scores[row]! - target[row]!) ** 2;
  return Math.sqrt(total / target.length);
}
