/** From scores to what a model puts out. */
import type { Target } from '../model/definition.ts';
import { sigmoid } from './sigmoid.ts';

/**
 * Probabilities of the positive class, or values, one a row; or probabilities of every class, row
 * after row.
 *
 * @param scores by class; one list for the other kinds
 */
export function outputsOf(kind: Target['kind'], scores: readonly Float64Array[]): Float64Array {
  if (kind === 'regression') return scores[0]!;
  if (kind === 'binary') return scores[0]!.map(sigmoid);
  const classes = scores.length;
  const outputs = new Float64Array(scores[0]!.length * classes);
  for (let row = 0; row < scores[0]!.length; row++) {
    const own = scores.map((of) => of[row]!);
    const largest = Math.max(...own);
    const weights = own.map((score) => Math.exp(score - largest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [at, weight] of weights.entries()) outputs[row * classes + at] = weight / total;
  }
  return outputs;
}
