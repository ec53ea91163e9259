/** From a model's output to what is answered and written down. */
import type { ModelDefinition } from '../model/definition.ts';
import type { PredictionRecord } from '../model/records.ts';

export type Prediction = Pick<PredictionRecord, 'prediction' | 'probability' | 'class'>;

/**
 * Returns one prediction a row. With a threshold the output is a probability, and the prediction
 * is 1 from the threshold on, else 0; without one the output is the value itself.
 */
export function decide(output: Float32Array, threshold: number | undefined): Prediction[] {
  // An array of its own, since mapping a Float32Array gives another one.
  return Array.from(output, (value) =>
    threshold === undefined
      ? { prediction: value }
      : { prediction: value >= threshold ? 1 : 0, probability: value },
  );
}

/** Returns the most probable class of each row; the first of those that are equally so. */
export function decideClass(output: Float32Array, classes: readonly string[]): Prediction[] {
  const rows = output.length / classes.length;
  return Array.from({ length: rows }, (_, row) => {
    const ofRow = output.subarray(row * classes.length, (row + 1) * classes.length);
    const probability = Math.max(...ofRow);
    const prediction = ofRow.indexOf(probability);
    return { prediction, class: classes[prediction]!, probability };
  });
}

/** The outputs of a version as records would keep them, and what is decided by them. */
export function decideAll(
  target: ModelDefinition['target'],
  outputs: Float64Array,
): { readonly outputs: Float64Array; readonly decisions: Float64Array } {
  const values = Float32Array.from(outputs);
  const made =
    target.kind === 'multiclass'
      ? decideClass(values, target.classes)
      : decide(values, target.kind === 'binary' ? target.threshold : undefined);
  return {
    outputs: Float64Array.from(made, ({ prediction, probability }) => probability ?? prediction),
    decisions: Float64Array.from(made, ({ prediction }) => prediction),
  };
}
