/** Whether one feature alone tells the target, which a feature that was known in time cannot. */
import type { Target } from '../../model/definition.ts';
import type { Columns } from '../columns.ts';
import { numbersOf } from '../profile.ts';
import type { CheckResult } from './check.ts';
import type { CheckedModel } from './rows.ts';

/** Rows looked at, evenly spread. */
const ROWS = 100_000;
const BINS = 200;
/** Rows' worth of the overall mean that each group's mean is drawn to. */
const SMOOTHING = 5;

/**
 * Predicts the target by the mean of each feature's value, or of its bin, learned on one half of
 * the rows and used on the other, so that an id, whose every value is new, tells nothing. The
 * measure is the area under the ROC curve for a binary target and the correlation for a number
 * (of the number itself too, since a bin rounds).
 *
 * @param areaUnderCurve of true labels and scores
 */
export function checkLeakage(
  columns: Columns,
  definition: CheckedModel,
  areaUnderCurve: (truth: Float64Array, scores: Float64Array) => number,
): CheckResult[] {
  const { severity, limit } = definition.checks.leakage;
  if (severity === 'off') return [];
  const rows = evenly(columns.rows);
  const target = rows.map((row) => columns.target[row]!);
  const { kind } = definition.target;
  const questions = questionsOf(definition.target, target);
  const telling = (groups: Int32Array): number =>
    questions
      .map((truth) => strengthOf(kind, truth, outOfHalf(groups, truth), areaUnderCurve))
      .reduce((sum, strength) => sum + strength, 0) / questions.length;
  const results: CheckResult[] = [];
  const note = (column: string, exact: number, examples: readonly string[]): void => {
    const measured = Math.round(exact * 1e6) / 1e6;
    const measure = kind === 'regression' ? 'correlation' : 'AUC';
    results.push({
      check: 'leakage',
      column,
      severity,
      passed: !(measured > limit),
      measured,
      limit,
      message: `'${column}' alone tells the target with ${measure === 'AUC' ? 'an' : 'a'} ${measure} of ${measured.toFixed(4)}`,
      examples: measured > limit ? examples : [],
    });
  };
  for (const [name, values] of Object.entries(numbersOf(columns, definition))) {
    const some = rows.map((row) => values[row]!);
    const plain = kind === 'regression' ? Math.abs(correlation(some, target)) : 0;
    note(name, Math.max(telling(binned(some)), plain), pairs(some, target, String));
  }
  for (const [name, { codes, dictionary }] of Object.entries(columns.categories)) {
    const some = rows.map((row) => codes[row]!);
    const text = (code: number): string => dictionary[code] ?? '(missing)';
    note(name, telling(Int32Array.from(some)), pairs(some, target, text));
  }
  return results;
}

function evenly(rows: number): Float64Array {
  const count = Math.min(rows, ROWS);
  return Float64Array.from({ length: count }, (_, at) => Math.floor((at * rows) / count));
}

/** The first values with their targets, for people to see what is going on. */
function pairs(
  values: Float64Array,
  target: Float64Array,
  shown: (value: number) => string,
): string[] {
  const seen = new Map<number, string>();
  for (const [row, value] of values.entries()) {
    if (!seen.has(value)) seen.set(value, `'${shown(value)}' with target ${target[row]}`);
    if (seen.size === 3) break;
  }
  return [...seen.values()];
}

/** Bins of about equal numbers of rows; a missing value has a bin of its own. */
function binned(values: Float64Array): Int32Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted();
  const edges = [
    ...new Set(
      Array.from({ length: BINS }, (_, bin) => sorted[Math.floor((sorted.length * bin) / BINS)]!),
    ),
  ];
  return Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : binOf(value, edges)));
}

function binOf(value: number, edges: readonly number[]): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Each row's group mean on the other half of the rows; halves are taken in turns of two. */
function outOfHalf(groups: Int32Array, target: Float64Array): Float64Array {
  const overall = target.reduce((total, value) => total + value, 0) / target.length;
  const sums = [new Map<number, [number, number]>(), new Map<number, [number, number]>()] as const;
  for (const [row, group] of groups.entries()) {
    const half = sums[halfOf(row)];
    const [count, total] = half.get(group) ?? [0, 0];
    half.set(group, [count + 1, total + target[row]!]);
  }
  return Float64Array.from(groups, (group, row) => {
    const [count, total] = sums[halfOf(row) === 0 ? 1 : 0].get(group) ?? [0, 0];
    return (total + SMOOTHING * overall) / (count + SMOOTHING);
  });
}

/** What is asked about each row: of several classes, of each whether it is that one. */
function questionsOf({ kind }: Target, target: Float64Array): Float64Array[] {
  if (kind !== 'multiclass') return [target];
  const classes = [...new Set(target)].slice(0, MOST_CLASSES);
  return classes.map((one) => target.map((value) => Number(value === one)));
}

const MOST_CLASSES = 20;

function halfOf(row: number): 0 | 1 {
  return (row & 2) === 0 ? 0 : 1;
}

function strengthOf(
  kind: Target['kind'],
  truth: Float64Array,
  scores: Float64Array,
  areaUnderCurve: (truth: Float64Array, scores: Float64Array) => number,
): number {
  const strength =
    kind === 'regression' ? Math.abs(correlation(scores, truth)) : areaUnderCurve(truth, scores);
  return Number.isFinite(strength) ? strength : 0;
}

/** Pearson's, over the rows where both are there; 0 where one does not vary. */
function correlation(a: Float64Array, b: Float64Array): number {
  let [rows, sumA, sumB] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    if (Number.isNaN(a[row]!)) continue;
    rows++;
    sumA += a[row]!;
    sumB += b[row]!;
  }
  const [meanA, meanB] = [sumA / rows, sumB / rows];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    if (Number.isNaN(a[row]!)) continue;
    const [fromA, fromB] = [a[row]! - meanA, b[row]! - meanB];
    both += fromA * fromB;
    squaresA += fromA ** 2;
    squaresB += fromB ** 2;
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return scale > 0 ? both / scale : 0;
}
