/** What was decided beside what was so. */
import type { ModelDefinition } from '../model/definition.ts';
import { likeliestClass } from '../train/metrics/classes.ts';

export interface Confusion {
  /** Names of the classes, in the order of rows and columns. */
  readonly classes: readonly string[];
  /** Rows by true class, and in it by decided class. */
  readonly counts: readonly (readonly number[])[];
  /** Probability from which a binary target was decided to be 1. */
  readonly threshold?: number;
}

/** Undefined for a number, about which nothing is decided. */
export function confusionOf(
  target: ModelDefinition['target'],
  truth: Float64Array,
  outputs: Float64Array,
): Confusion | undefined {
  if (target.kind === 'regression') return undefined;
  if (target.kind === 'multiclass') {
    const decided = (row: number): number => likeliestClass(truth, outputs, row);
    return { classes: target.classes, counts: count(target.classes.length, truth, decided) };
  }
  const { threshold } = target;
  const decided = (row: number): number => Number(outputs[row]! >= threshold);
  return { classes: ['0', '1'], counts: count(2, truth, decided), threshold };
}

function count(classes: number, truth: Float64Array, decided: (row: number) => number): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const [row, value] of truth.entries()) {
    const own = counts[value];
    if (own !== undefined) own[decided(row)]! += 1;
  }
  return counts;
}
