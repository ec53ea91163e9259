/** Coefficients of a linear model by Newton's method. */
import type { Target } from '../model/definition.ts';
import { sigmoid } from './sigmoid.ts';
import type { Iteration } from './trainer.ts';

const MOST_STEPS = 50;
const MOST_HALVINGS = 30;
/** A step is the last when it lowers the objective by less than this share of it. */
const TOLERANCE = 1e-12;

export interface LinearProblem {
  readonly kind: Exclude<Target['kind'], 'multiclass'>;
  /** `[column][row]` */
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  /** How much each row counts. @default 1 */
  readonly weights?: Float64Array;
  readonly l2: number;
  readonly onProgress?: (iteration: Iteration) => void;
}

/**
 * Returns intercept and coefficients that minimise `sum of losses + l2/2 × |coefficients|²`.
 *
 * The squared error is quadratic, so its first step solves the normal equations; log-loss takes
 * a handful (iteratively reweighted least squares; Hastie, Tibshirani, Friedman, The Elements of
 * Statistical Learning, 2009, 4.4.1), halved where a full step would go too far. Where data would
 * allow endless coefficients, the tiny ridge in `solve` and the step limit keep them finite.
 * O(steps × rows × columns²).
 */
export function leastPenalisedLoss(problem: LinearProblem): {
  coefficients: Float64Array;
  iterations: Iteration[];
} {
  const { columns, target, onProgress } = problem;
  let coefficients = new Float64Array(columns.length + 1);
  let objective = objectiveOf(problem, coefficients);
  const iterations: Iteration[] = [];
  const total = problem.weights?.reduce((sum, weight) => sum + weight, 0) ?? target.length;
  for (let iteration = 1; iteration <= MOST_STEPS; iteration++) {
    const step = newtonStep(problem, coefficients);
    const next = shortenUntilBetter(problem, coefficients, step, objective);
    if (!next) break;
    const gained = objective - next.objective;
    coefficients = next.coefficients;
    objective = next.objective;
    const mean = lossIn(problem, coefficients) / total;
    const trainingLoss = problem.kind === 'binary' ? mean : Math.sqrt(2 * mean);
    iterations.push({ iteration, trainingLoss });
    onProgress?.(iterations.at(-1)!);
    if (gained <= TOLERANCE * Math.abs(objective)) break;
  }
  return { coefficients, iterations };
}

function shortenUntilBetter(
  problem: LinearProblem,
  coefficients: Float64Array,
  step: Float64Array,
  objective: number,
): { coefficients: Float64Array<ArrayBuffer>; objective: number } | undefined {
  for (let halvings = 0, length = 1; halvings < MOST_HALVINGS; halvings++, length /= 2) {
    const tried = Float64Array.from(coefficients, (value, at) => value - length * step[at]!);
    const reached = objectiveOf(problem, tried);
    if (reached < objective) return { coefficients: tried, objective: reached };
  }
  return undefined;
}

function objectiveOf(problem: LinearProblem, coefficients: Float64Array): number {
  const penalty = coefficients.subarray(1).reduce((sum, value) => sum + value * value, 0);
  return lossIn(problem, coefficients) + (problem.l2 / 2) * penalty;
}

function lossIn(
  { kind, columns, target, weights }: LinearProblem,
  coefficients: Float64Array,
): number {
  const scores = scoresOf(columns, coefficients, target.length);
  let loss = 0;
  for (let row = 0; row < target.length; row++) {
    const weight = weights?.[row] ?? 1;
    if (kind === 'regression') loss += (weight * (scores[row]! - target[row]!) ** 2) / 2;
    else {
      const wrongWay = target[row] === 1 ? -scores[row]! : scores[row]!;
      loss += weight * (Math.max(wrongWay, 0) + Math.log1p(Math.exp(-Math.abs(wrongWay))));
    }
  }
  return loss;
}

function scoresOf(
  columns: readonly Float64Array[],
  coefficients: Float64Array,
  rows: number,
): Float64Array {
  const scores = new Float64Array(rows).fill(coefficients[0]!);
  for (const [at, values] of columns.entries()) {
    const coefficient = coefficients[at + 1]!;
    for (let row = 0; row < rows; row++) scores[row]! += coefficient * values[row]!;
  }
  return scores;
}

function newtonStep(problem: LinearProblem, coefficients: Float64Array): Float64Array {
  const { kind, columns, target, l2 } = problem;
  const scores = scoresOf(columns, coefficients, target.length);
  const size = columns.length + 1;
  const gradients = new Float64Array(target.length);
  const weights = new Float64Array(problem.weights ?? new Float64Array(target.length).fill(1));
  for (let row = 0; row < target.length; row++) {
    const predicted = kind === 'binary' ? sigmoid(scores[row]!) : scores[row]!;
    gradients[row] = weights[row]! * (predicted - target[row]!);
    if (kind === 'binary') weights[row]! *= predicted * (1 - predicted);
  }
  const ones = new Float64Array(target.length).fill(1);
  const design = [ones, ...columns];
  const gradient = new Float64Array(size);
  const curvature = design.map(() => new Float64Array(size));
  for (let i = 0; i < size; i++) {
    const weighted = design[i]!.map((value, row) => value * weights[row]!);
    for (let j = 0; j <= i; j++) {
      const product = dot(weighted, design[j]!);
      curvature[i]![j] = product;
      curvature[j]![i] = product;
    }
    gradient[i] = dot(design[i]!, gradients) + (i > 0 ? l2 * coefficients[i]! : 0);
    if (i > 0) curvature[i]![i]! += l2;
  }
  return solve(curvature, gradient);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += a[row]! * b[row]!;
  return sum;
}

/** Solves `matrix × x = right` for a symmetric positive matrix (Cholesky). */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const lower = matrix.map((row) => new Float64Array(row));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      // Columns that say the same leave nothing over but rounding; they share what one would get.
      const least = 1e-10 * matrix[i]![i]! + Number.MIN_VALUE;
      lower[i]![j] = i === j ? Math.sqrt(Math.max(sum, least)) : sum / lower[j]![j]!;
    }
  }
  const solution = new Float64Array(right);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) solution[i]! -= lower[i]![k]! * solution[k]!;
    solution[i]! /= lower[i]![i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) solution[i]! -= lower[k]![i]! * solution[k]!;
    solution[i]! /= lower[i]![i]!;
  }
  return solution;
}
