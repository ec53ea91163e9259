/** Tensors of the Open Inference Protocol, to rows of features and back. */
import type { Datatype, GraphInput, OutputTensor } from '../onnx/tensor.ts';
import { decodeTensor } from './binary-tensors.ts';
import { RequestError } from './http.ts';
import { describe, isPlainObject } from './problems.ts';

/**
 * Returns one object of features a row, out of the `inputs` of an inference request. Values are
 * not checked here: a row of tensors is a row like any other.
 *
 * @param tail bytes behind the JSON, for inputs that are sent as bytes
 * @param requireCount throws if there are too few or too many rows
 * @throws {RequestError} 400 if a tensor is missing, unknown, or not of its datatype and shape
 */
export function rowsOfTensors(
  inputs: unknown,
  expected: readonly GraphInput[],
  tail: Uint8Array,
  requireCount: (rows: number) => void,
): Record<string, unknown>[] {
  if (!Array.isArray(inputs)) throw wrong(`'inputs' is ${describe(inputs)}, not an array`);
  const given = byName(inputs, expected);
  const binary = binaryParts(inputs, tail);
  let rows: Record<string, unknown>[] | undefined;
  for (const tensor of expected) {
    const input = given.get(tensor.name);
    if (!input) throw wrong(`input '${tensor.name}' is missing`);
    const { count, data } = dataOf(input, tensor, binary.get(input));
    if (!rows) requireCount(count);
    rows ??= Array.from({ length: count }, () => ({}));
    if (count !== rows.length) {
      throw wrong(
        `input '${tensor.name}' has ${count} rows, but the one before has ${rows.length}`,
      );
    }
    const { features } = tensor;
    for (const [at, value] of data.entries()) {
      rows[Math.floor(at / features.length)]![features[at % features.length]!] = asNumber(
        value,
        tensor.datatype,
      );
    }
  }
  return rows ?? [];
}

/** Features are numbers, texts or moments; truth is a number to the model. */
function asNumber(value: unknown, datatype: Datatype): unknown {
  return datatype === 'BOOL' && typeof value === 'boolean' ? Number(value) : value;
}

/** Returns the values of an output as JSON has them. */
export function jsonValuesOf({ datatype, data }: OutputTensor): unknown[] {
  const values: Iterable<string | number | bigint> = data;
  return Array.from(values, (value) => {
    if (datatype === 'BOOL') return Number(value) !== 0;
    return typeof value === 'bigint' ? Number(value) : value;
  });
}

type Input = Readonly<Record<string, unknown>>;

function byName(inputs: readonly unknown[], expected: readonly GraphInput[]) {
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

/** Bytes of each input that is sent as bytes; they follow each other in the order of the inputs. */
function binaryParts(inputs: readonly Input[], tail: Uint8Array): Map<Input, Uint8Array> {
  const parts = new Map<Input, Uint8Array>();
  let at = 0;
  for (const input of inputs) {
    const { parameters, name } = input;
    const size = isPlainObject(parameters) ? parameters['binary_data_size'] : undefined;
    if (size === undefined) continue;
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw wrong(
        `input '${String(name)}' has binary_data_size ${describe(size)}, not a number of bytes`,
      );
    }
    if (at + size > tail.length) {
      throw wrong(
        `input '${String(name)}' has binary_data_size ${size}, but only ${tail.length - at} bytes follow`,
      );
    }
    parts.set(input, tail.subarray(at, at + size));
    at += size;
  }
  if (at < tail.length) {
    throw wrong(
      `${tail.length - at} bytes follow the JSON that no input's binary_data_size counts`,
    );
  }
  return parts;
}

function dataOf(
  { datatype, shape, data }: Input,
  { name, datatype: expected, shape: wanted, features }: GraphInput,
  binary: Uint8Array | undefined,
): { readonly count: number; readonly data: readonly unknown[] } {
  if (datatype !== expected) {
    throw wrong(`input '${name}' has datatype ${describe(datatype)}, expected '${expected}'`);
  }
  const count = rowsIn(shape, wanted, features.length);
  if (count === undefined) {
    const sizes = wanted.slice(1).map((size) => (size === -1 ? features.length : size));
    throw wrong(
      `input '${name}' has shape ${shown(shape)}, expected [${['rows', ...sizes].join(', ')}]`,
    );
  }
  const values = binary
    ? decodeTensor(binary, expected, `data of input '${name}'`)
    : jsonData(data, name, isNestedAs(data, wanted.length));
  const fits = binary || !Array.isArray(data) || fitsNesting(data, count, wanted.length);
  if (!fits || values.length !== count * features.length) {
    const length = count * features.length;
    throw wrong(`data of input '${name}' is not of its shape ${shown(shape)}: ${length} values`);
  }
  return { count, data: values };
}

/** Flat in row-major order, or nested as the shape says. */
function jsonData(data: unknown, name: string, depth: number): readonly unknown[] {
  if (Array.isArray(data)) return depth > 0 ? data.flat(depth) : data;
  throw wrong(`input '${name}' has ${describe(data)} as data, not an array`);
}

function isNestedAs(data: unknown, rank: number): number {
  return Array.isArray(data) && data.some(Array.isArray) ? rank - 1 : 0;
}

function fitsNesting(data: readonly unknown[], count: number, rank: number): boolean {
  if (!data.some(Array.isArray)) return true;
  if (data.length !== count || rank < 2) return false;
  const lengths = new Set(data.map((row) => (Array.isArray(row) ? row.length : -1)));
  return lengths.size === 1 && !lengths.has(-1);
}

/** Rows that a shape says; undefined if it is not of the wanted shape. */
function rowsIn(shape: unknown, wanted: readonly number[], width: number): number | undefined {
  if (!Array.isArray(shape) || shape.length !== wanted.length) return undefined;
  const sizes: readonly unknown[] = shape;
  const [count] = sizes;
  const fits = sizes.slice(1).every((size, at) => {
    const fixed = wanted[at + 1]!;
    return size === (fixed === -1 ? width : fixed);
  });
  const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  return fits && isCount ? count : undefined;
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
