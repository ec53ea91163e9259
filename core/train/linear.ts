/** Linear and logistic regression with an L2 penalty, on standardised columns. */
import type { Columns } from '../data/columns.ts';
import { encodedNames } from '../onnx/encoding.ts';
import { type LinearModel, linearToOnnx } from '../onnx/linear.ts';
import { calibrated, fitCalibration } from './calibrate.ts';
import { encode, fitEncoder } from './encoder.ts';
import { fileMetadata } from './file-metadata.ts';
import { leastPenalisedLoss } from './newton.ts';
import { completeParameters } from './parameters.ts';
import type { Trainer } from './trainer.ts';

/**
 * Minimises `sum of losses + l2/2 × sum of squared coefficients`, the intercept left free, where
 * the columns have mean 0 and deviation 1. A missing number is its column's mean, and has a
 * coefficient of its own for being missing. The loss is log-loss, or half the squared error.
 * Parameters read: `l2`, `smoothing`.
 */
export const linear: Trainer = {
  async fit({ task, training, validation, parameters, seed, onProgress }) {
    const { l2, smoothing } = completeParameters(parameters, training.rows);
    const { kind } = task.target;
    if (kind === 'multiclass') {
      throw new RangeError(
        `the linear trainer knows no multiclass target; use 'gradient-boosted-trees' for '${task.name}'`,
      );
    }
    const encoder = fitEncoder(task, training, { smoothing, seed, membersUpTo: 0 });
    const { encoding } = encoder;
    const scales = encoder.training.map(scaleOf);
    const { coefficients, iterations } = leastPenalisedLoss({
      kind,
      columns: [
        ...encoder.training.map((values, at) => standardise(values, scales[at]!)),
        ...encoder.training.filter((_, at) => scales[at]!.hasMissing).map(missingOf),
      ],
      target: training.target,
      ...(training.weights && { weights: training.weights }),
      l2,
      ...(onProgress && { onProgress }),
    });
    const model = modelOf(scales, coefficients);
    const scoresOf = (columns: Columns) => scores(model, encode(encoding, columns), columns.rows);
    const calibration = fitCalibration(task, validation, scoresOf);
    const total = model.coefficients.reduce((sum, value) => sum + Math.abs(value), 0) || 1;
    return {
      iterations,
      featureImportance: Object.fromEntries(
        encodedNames(encoding).map((name, at) => [name, Math.abs(model.coefficients[at]!) / total]),
      ),
      predict: (columns) =>
        kind === 'binary' ? calibrated(scoresOf(columns), calibration) : scoresOf(columns),
      toOnnx: (info) => {
        const metadata = fileMetadata(task, info);
        return linearToOnnx({ encoding, model, metadata, ...(calibration && { calibration }) });
      },
    };
  },
};

function modelOf(scales: readonly Scale[], coefficients: Float64Array): LinearModel {
  let next = 1 + scales.length;
  return {
    means: Float64Array.from(scales, ({ mean }) => mean),
    deviations: Float64Array.from(scales, ({ deviation }) => deviation),
    coefficients: coefficients.slice(1, 1 + scales.length),
    missing: Float64Array.from(scales, ({ hasMissing }) =>
      hasMissing ? coefficients[next++]! : 0,
    ),
    intercept: coefficients[0]!,
  };
}

function scores(model: LinearModel, columns: readonly Float32Array[], rows: number): Float64Array {
  const sums = new Float64Array(rows).fill(model.intercept);
  for (const [at, values] of columns.entries()) {
    const mean = model.means[at]!;
    const deviation = model.deviations[at]!;
    const coefficient = model.coefficients[at]!;
    for (let row = 0; row < rows; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) sums[row]! += model.missing[at]!;
      else sums[row]! += coefficient * ((value - mean) / deviation);
    }
  }
  return sums;
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
  readonly hasMissing: boolean;
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
  const deviation = Math.sqrt(squares / Math.max(1, count)) || 1;
  return { mean, deviation, hasMissing: count < values.length };
}

function standardise(values: Float32Array, { mean, deviation }: Scale): Float64Array {
  const standardised = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    standardised[row] = Number.isNaN(value) ? 0 : (value - mean) / deviation;
  }
  return standardised;
}

function missingOf(values: Float32Array): Float64Array {
  return Float64Array.from(values, (value) => Number(Number.isNaN(value)));
}
