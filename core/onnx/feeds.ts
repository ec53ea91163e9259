/** From rows by kind of feature to the tensors that a graph takes. */
import type { InputBatch, Signature } from '../model/signature.ts';
import type { Feed } from './runtime.ts';
import { type GraphInput, type TensorData, emptyData, isWhole } from './tensor.ts';

/** A missing value, or one with a fraction, where the graph takes whole numbers. */
export class NotWholeError extends Error {
  override readonly name = 'NotWholeError';

  constructor(feature: string, row: number, value: number) {
    super(
      `feature '${feature}' is ${value} in row ${row}, but the graph takes whole numbers; ` +
        'fill what is missing, or export the graph with a float input',
    );
  }
}

export type FeedMaker = (batch: InputBatch) => Feed[];

/**
 * @param inputs each feature of which is in the signature
 * @returns a maker that throws {NotWholeError} for a value that an input cannot hold
 */
export function feedMaker(inputs: readonly GraphInput[], signature: Signature): FeedMaker {
  const fillers = inputs.map((input) => ({
    input,
    columns: input.features.map((feature) => columnOf(feature, input, signature)),
  }));
  return (batch) =>
    fillers.map(({ input, columns }) => {
      const { name, datatype, features, shape } = input;
      const data = emptyData(datatype, batch.rows * features.length);
      for (const [at, fill] of columns.entries()) fill(batch, data, at, features.length);
      const sizes = shape.slice(1).map((size) => (size === -1 ? features.length : size));
      return { name, datatype, shape: [batch.rows, ...sizes], data };
    });
}

type Fill = (batch: InputBatch, data: TensorData, at: number, width: number) => void;

function columnOf(feature: string, { datatype }: GraphInput, signature: Signature): Fill {
  const category = signature.categories.indexOf(feature);
  if (category >= 0) {
    return ({ rows, categories }, data, at, width) => {
      for (let row = 0; row < rows; row++) {
        const value = categories[row * signature.categories.length + category];
        Reflect.set(data, row * width + at, value);
      }
    };
  }
  const number = signature.numbers.indexOf(feature);
  const time = signature.times.indexOf(feature);
  const valueOf = ({ numbers, times }: InputBatch, row: number): number =>
    number >= 0
      ? numbers[row * signature.numbers.length + number]!
      : times[row * signature.times.length + time]!;
  const whole = isWhole(datatype);
  const big = datatype === 'INT64' || datatype === 'UINT64';
  return (batch, data, at, width) => {
    for (let row = 0; row < batch.rows; row++) {
      const value = valueOf(batch, row);
      if (whole && !Number.isInteger(value)) throw new NotWholeError(feature, row, value);
      Reflect.set(data, row * width + at, big ? BigInt(value) : value);
    }
  };
}
