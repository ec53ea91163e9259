/** Follows the loss on rows that training never learns from, while trees are added. */
import type { Columns } from '../data/columns.ts';
import type { Target } from '../model/definition.ts';
import type { Encoding } from '../onnx/encoding.ts';
import { addTree, type Tree } from '../onnx/tree.ts';
import { encode } from './encoder.ts';

export class ValidationWatch {
  /** Rounds after which the loss was lowest. */
  best = 0;
  iterationsSinceBest = 0;
  private lowest = Infinity;
  private readonly kind: Target['kind'];
  private readonly columns: readonly Float32Array[];
  private readonly rows: Columns;
  /** By class. */
  private readonly scores: readonly Float64Array[];

  constructor(
    kind: Target['kind'],
    encoding: Encoding,
    validation: Columns,
    base: readonly number[],
  ) {
    this.kind = kind;
    this.columns = encode(encoding, validation);
    this.rows = validation;
    this.scores = base.map((score) => new Float64Array(validation.rows).fill(score));
  }

  /** Adds a round of trees, one a class; returns the loss. */
  add(trees: readonly Tree[]): number {
    for (const [at, tree] of trees.entries()) addTree(tree, this.columns, this.scores[at]!);
    const loss = this.loss();
    this.iterationsSinceBest++;
    if (loss < this.lowest) {
      this.lowest = loss;
      this.best += this.iterationsSinceBest;
      this.iterationsSinceBest = 0;
    }
    return loss;
  }

  /** Mean log-loss, or root of the mean squared error. */
  private loss(): number {
    const { target, weights } = this.rows;
    let total = 0;
    let sum = 0;
    for (let row = 0; row < target.length; row++) {
      const weight = weights?.[row] ?? 1;
      sum += weight;
      total += weight * this.lossOf(row);
    }
    return this.kind === 'regression' ? Math.sqrt(total / sum) : total / sum;
  }

  private lossOf(row: number): number {
    if (this.kind === 'binary') return this.logLoss(row);
    return this.kind === 'multiclass' ? this.softmaxLoss(row) : this.square(row);
  }

  private logLoss(row: number): number {
    const score = this.scores[0]![row]!;
    const wrongWay = this.rows.target[row] === 1 ? -score : score;
    return Math.max(wrongWay, 0) + Math.log1p(Math.exp(-Math.abs(wrongWay)));
  }

  private softmaxLoss(row: number): number {
    const own = this.scores[this.rows.target[row]!]![row]!;
    let total = 0;
    for (const scores of this.scores) total += Math.exp(scores[row]! - own);
    return Math.log(total);
  }

  private square(row: number): number {
    return (this.scores[0]![row]! - this.rows.target[row]!) ** 2;
  }
}
