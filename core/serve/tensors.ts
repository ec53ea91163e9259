/** Tensors of the Open Inference Protocol, to rows of features. */
import type { Signature } from '../model/signature.ts';
import { RequestError } from './http.ts';
import { describe, isPlainObject } from './problems.ts';

export interface TensorMetadata {
  readonly name: 'numbers' | 'categories' | 'times';
  readonly datatype: 'FP32' | 'BYTES' | 'FP64';
  /** -1 stands for any number of rows. */
  readonly shape: readonly [-1, number];
}

const DATATYPES = { numbers: 'FP32', categories: 'BYTES', times: 'FP64' } as const;

/** Names, datatypes and shapes of the inputs that a version takes. */
export function inputsOf(signature: Signature): TensorMetadata[] {
  return (['numbers', 'categories', 'times'] as const)
    .filter((name) => signature[name].length > 0)
    .map((name) => ({ name, datatype: DATATYPES[name], shape: [-1, signature[name].length] }));
}

/**
 * Returns one object of features a row, out of the `inputs` of an inference request. Values are
 * not checked here: a row of tensors is a row like any other.
 *
 * @param requireCount throws if there are too few or too many rows
 * @throws {RequestError} 400 if a tensor is missing, unknown, or not of its datatype and shape
 */
export function rowsOfTensors(
  inputs: unknown,
  signature: Signature,
  requireCount: (rows: number) => void,
): Record<string, unknown>[] {
  if (!Array.isArray(inputs)) throw wrong(`'inputs' is ${describe(inputs)}, not an array`);
  const expected = inputsOf(signature);
  const given = byName(inputs, expected);
  let rows: Record<string, unknown>[] | undefined;
  for (const tensor of expected) {
    const input = given.get(tensor.name);
    if (!input) throw wrong(`input '${tensor.name}' is missing`);
    const { count, data } = dataOf(input, tensor);
    if (!rows) requireCount(count);
    rows ??= Array.from({ length: count }, () => ({}));
    if (count !== rows.length) {
      throw wrong(
        `input '${tensor.name}' has ${count} rows, but the one before has ${rows.length}`,
      );
    }
    const features = signature[tensor.name];
    for (const [at, value] of data.entries()) {
      rows[Math.floor(at / features.length)]![features[at % features.length]!] = value;
    }
  }
  return rows ?? [];
}

type Input = Readonly<Record<string, unknown>>;

function byName(inputs: readonly unknown[], expected: readonly TensorMetadata[]) {
  const given = new Map<unknown, Input>();
  for (const [at, input] of inputs.entries()) {
    if (!isPlainObject(input)) throw wrong(`inputs[${at}] is ${describe(input)}, not an object`);
    const { name } = input;
    if (given.has(name))
      throw wrong(`inputs[${at}] has the name of another input: '${String(name)}'`);
    if (!expected.some((tensor) => tensor.name === name)) {
      const names = expected.map((tensor) => tensor.name).join(', ');
      throw wrong(`inputs[${at}] has the name ${describe(name)}; the model takes: ${names}`);
    }
    given.set(name, input);
  }
  return given;
}

function dataOf(
  { datatype, shape, data }: Input,
  { name, datatype: expected, shape: [, width] }: TensorMetadata,
): { readonly count: number; readonly data: readonly unknown[] } {
  if (datatype !== expected) {
    throw wrong(`input '${name}' has datatype ${describe(datatype)}, expected '${expected}'`);
  }
  const count = rowsIn(shape, width);
  if (count === undefined) {
    throw wrong(`input '${name}' has shape ${shown(shape)}, expected [rows, ${width}]`);
  }
  if (!Array.isArray(data))
    throw wrong(`input '${name}' has ${describe(data)} as data, not an array`);
  // Flat in row-major order, or nested as the shape says.
  const flat: readonly unknown[] = data.flat();
  const nested = data.some(Array.isArray);
  const fits = nested
    ? data.length === count && data.every((row) => Array.isArray(row) && row.length === width)
    : data.length === count * width;
  if (!fits) {
    const values = count * width;
    throw wrong(`data of input '${name}' is not of its shape ${shown(shape)}: ${values} values`);
  }
  return { count, data: flat };
}

function rowsIn(shape: unknown, width: number): number | undefined {
  if (!Array.isArray(shape) || shape.length !== 2 || shape[1] !== width) return undefined;
  const count: unknown = shape[0];
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function shown(shape: unknown): string {
  const isShape = Array.isArray(shape) && shape.length <= 8;
  return isShape
    ? `[${shape.map((size) => describe(size).replace('number ', '')).join(', ')}]`
    : describe(shape);
}

function wrong(message: string): RequestError {
  return new RequestError(400, message);
}
