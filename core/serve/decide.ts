/** From a model's output to what is answered and written down. */
import type { ModelDefinition } from '../model/definition.ts';
import type { PredictionRecord } from '../model/records.ts';

export type Prediction = Pick<PredictionRecord, 'prediction' | 'probability' | 'class'>;

/** What is decided of many rows, a value a row: objects would cost more than the model. */
export interface Scores {
  readonly predictions: Float64Array;
  /** Of what was predicted; where the output is the value itself there are none. */
  readonly probabilities?: Float32Array;
  /** What the numbers in `predictions` stand for. */
  readonly classes?: readonly string[];
}

/** Returns what `decide` says of each row. */
export function score(output: Float32Array, threshold: number | undefined): Scores {
  const predictions = new Float64Array(output);
  if (threshold === undefined) return { predictions };
  for (let row = 0; row < output.length; row++)
    predictions[row] = output[row]! >= threshold ? 1 : 0;
  return { predictions, probabilities: output };
}

/** Returns what `decideClass` says of each row. */
export function scoreClass(output: Float32Array, classes: readonly string[]): Scores {
  const width = classes.length;
  const rows = output.length / width;
  const predictions = new Float64Array(rows);
  const probabilities = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let likeliest = 0;
    for (let at = 1; at < width; at++) {
      if (output[row * width + at]! > output[row * width + likeliest]!) likeliest = at;
    }
    predictions[row] = likeliest;
    probabilities[row] = output[row * width + likeliest]!;
  }
  return { predictions, probabilities, classes };
}

/** One row of scores. */
export function predictionOf(
  { predictions, probabilities, classes }: Scores,
  row: number,
): Prediction {
  const prediction = predictions[row]!;
  if (!probabilities) return { prediction };
  const probability = probabilities[row]!;
  if (!classes) return { prediction, probability };
  return { prediction, class: classes[prediction]!, probability };
}

/**
 * Returns one prediction a row. With a threshold the output is a probability, and the prediction
 * is 1 from the threshold on, else 0; without one the output is the value itself.
 */
export function decide(output: Float32Array, threshold: number | undefined): Prediction[] {
  return predictionsOf(score(output, threshold));
}

/** Returns the most probable class of each row; the first of those that are equally so. */
export function decideClass(output: Float32Array, classes: readonly string[]): Prediction[] {
  return predictionsOf(scoreClass(output, classes));
}

function predictionsOf(scores: Scores): Prediction[] {
  return Array.from({ length: scores.predictions.length }, (_, row) => predictionOf(scores, row));
}

/** The outputs of a version as records would keep them, and what is decided by them. */
export function decideAll(
  target: ModelDefinition['target'],
  outputs: Float64Array,
): { readonly outputs: Float64Array; readonly decisions: Float64Array } {
  const values = Float32Array.from(outputs);
  const { predictions, probabilities } =
    target.kind === 'multiclass'
      ? scoreClass(values, target.classes)
      : score(values, target.kind === 'binary' ? target.threshold : undefined);
  return { outputs: Float64Array.from(probabilities ?? predictions), decisions: predictions };
}
