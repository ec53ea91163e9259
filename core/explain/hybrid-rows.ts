/** Rows as a graph takes them, from recorded features, and from two rows at once. */
import type { PredictionRecord } from '../model/records.ts';
import type { InputBatch, Signature } from '../model/signature.ts';
import type { Hybrid } from './shapley.ts';

/** Features of a signature, in the order of its tensors. */
export function featuresOf({ numbers, categories, times }: Signature): string[] {
  return [...numbers, ...categories, ...times];
}

/** What the model was given, from what its record says that it was given. */
export function inputOf(features: PredictionRecord['features'], signature: Signature): InputBatch {
  const numberOf = (name: string): number => {
    const value = features[name];
    return typeof value === 'number' ? value : NaN;
  };
  const momentOf = (name: string): number => {
    const value = features[name];
    return typeof value === 'string' ? Date.parse(value) : numberOf(name);
  };
  return {
    rows: 1,
    numbers: Float32Array.from(signature.numbers, numberOf),
    categories: signature.categories.map((name) => String(features[name] ?? '')),
    times: Float64Array.from(signature.times, momentOf),
  };
}

/** One row a hybrid. */
export function hybridRows(
  row: InputBatch,
  background: InputBatch,
  { numbers, categories, times }: Signature,
  hybrids: readonly Hybrid[],
): InputBatch {
  const [n, c, t] = [numbers.length, categories.length, times.length];
  const batch = {
    rows: hybrids.length,
    numbers: new Float32Array(hybrids.length * n),
    categories: Array.from<string>({ length: hybrids.length * c }),
    times: new Float64Array(hybrids.length * t),
  };
  for (const [at, { taken, background: other }] of hybrids.entries()) {
    for (let column = 0; column < n; column++) {
      batch.numbers[at * n + column] =
        taken[column] === 1 ? row.numbers[column]! : background.numbers[other * n + column]!;
    }
    for (let column = 0; column < c; column++) {
      batch.categories[at * c + column] =
        taken[n + column] === 1
          ? row.categories[column]!
          : background.categories[other * c + column]!;
    }
    for (let column = 0; column < t; column++) {
      batch.times[at * t + column] =
        taken[n + c + column] === 1 ? row.times[column]! : background.times[other * t + column]!;
    }
  }
  return batch;
}
