/** From a model's output to what is answered and written down. */
import type { PredictionRecord } from '../model/records.ts';

export type Prediction = Pick<PredictionRecord, 'prediction' | 'probability'>;

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
