/** Linear and logistic regression with an L2 penalty, on standardised columns. */
import { encodedNames } from '../onnx/encoding.ts';
import { type LinearModel, linearToOnnx } from '../onnx/linear.ts';
import { encode, fitEncoder } from './encoder.ts';
import { fileMetadata } from './file-metadata.ts';
import { leastPenalisedLoss } from './newton.ts';
import { completeParameters } from './parameters.ts';
import { sigmoid } from './sigmoid.ts';
import type { Trainer } from './trainer.ts';

/**
 * Minimises `sum of losses + l2/2 × sum of squared coefficients`, the intercept left free, where
 * the columns have mean 0 and deviation 1 and a missing number is its column's mean. The loss is
 * log-loss, or half the squared error. Parameters read: `l2`, `smoothing`.
 */
export const linear: Trainer = {
  async fit({ task, training, parameters, seed, onProgress }) {
    const { l2, smoothing } = completeParameters(parameters, training.rows);
    const encoder = fitEncoder(task, training, { smoothing, seed, membersUpTo: 0 });
    const { encoding } = encoder;
    const scales = encoder.training.map(scaleOf);
    const { coefficients, iterations } = leastPenalisedLoss({
      kind: task.target.kind,
      columns: encoder.training.map((values, at) => standardise(values, scales[at]!)),
      target: training.target,
      l2,
      ...(onProgress && { onProgress }),
    });
    const model: LinearModel = {
      means: Float64Array.from(scales, ({ mean }) => mean),
      deviations: Float64Array.from(scales, ({ deviation }) => deviation),
      coefficients: coefficients.slice(1),
      intercept: coefficients[0]!,
    };
    const total = model.coefficients.reduce((sum, value) => sum + Math.abs(value), 0) || 1;
    return {
      iterations,
      featureImportance: Object.fromEntries(
        encodedNames(encoding).map((name, at) => [name, Math.abs(model.coefficients[at]!) / total]),
      ),
      predict(columns) {
        const scores = new Float64Array(columns.rows).fill(model.intercept);
        for (const [at, values] of encode(encoding, columns).entries()) {
          const standardised = standardise(values, scales[at]!);
          const coefficient = model.coefficients[at]!;
          for (let row = 0; row < scores.length; row++) {
            scores[row]! += coefficient * standardised[row]!;
          }
        }
        return task.target.kind === 'binary' ? scores.map(sigmoid) : scores;
      },
      toOnnx: (info) => linearToOnnx({ encoding, model, metadata: fileMetadata(task, info) }),
    };
  },
};

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and standard deviation of the numbers that are not missing; a constant column has deviation 1. */
function scaleOf(values: Float32Array): Scale {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
  }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (const value of values) {
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  return { mean, deviation: Math.sqrt(squares / Math.max(1, count)) || 1 };
}

function standardise(values: Float32Array, { mean, deviation }: Scale): Float64Array {
  const standardised = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    standardised[row] = Number.isNaN(value) ? 0 : (value - mean) / deviation;
  }
  return standardised;
}
