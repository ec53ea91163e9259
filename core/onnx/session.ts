/** Predicts with an ONNX file. */
import { type InputBatch, rowsOf, type Signature } from '../model/signature.ts';
import { type Binding, bindingOfOwn, parseBinding } from './binding.ts';
import { codedFeeds, withCodedTexts } from './coded-texts.ts';
import { feedMaker } from './feeds.ts';
import { METADATA, readMetadata } from './metadata.ts';
import { type Feed, type Runtime, openRuntime } from './runtime.ts';
import {
  type Datatype,
  type GraphInput,
  type OutputTensor,
  type TensorData,
  type TensorMetadata,
  emptyData,
} from './tensor.ts';

export interface SessionOptions {
  /** Threads that one call may use; a server answers calls side by side instead. @default 1 */
  readonly threads?: number;
  /** Takes the `coded` of a batch, which is worth it for thousands of rows. @default false */
  readonly coded?: boolean;
}

export interface ModelSession {
  readonly signature: Signature;
  readonly metadata: Readonly<Record<string, string>>;
  /** What the graph itself takes, and which features are its columns. */
  readonly inputs: readonly GraphInput[];
  /** What the graph itself gives. */
  readonly outputs: readonly TensorMetadata[];
  /** One probability or value a row; of classes the probability of each, row after row. */
  run(batch: InputBatch): Promise<Float32Array>;
  /** The same, with everything else that the graph gives. */
  infer(batch: InputBatch): Promise<Inferred>;
  /** Frees the native memory; the session cannot run after it. */
  release(): Promise<void>;
}

export interface Inferred {
  /** One probability or value a row; of classes the probability of each, row after row. */
  readonly predictions: Float32Array;
  readonly outputs: readonly OutputTensor[];
}

/** The file does not say which features it takes. */
export class NoSignatureError extends Error {
  override readonly name = 'NoSignatureError';

  constructor(found: string | undefined) {
    super(
      `the ONNX file's metadata '${METADATA.signature}' is ${found ?? 'missing'}, so its features ` +
        'are unknown; register a file from elsewhere with: tidemill register <model> --file <file>',
    );
  }
}

/**
 * Loads a model file.
 *
 * @throws {NotOnnxError} if the bytes are not an ONNX file
 * @throws {NoSignatureError} if the file was neither written nor registered by Tidemill
 */
export async function openSession(
  bytes: Uint8Array,
  { threads = 1, coded = false }: SessionOptions = {},
): Promise<ModelSession> {
  const metadata = readMetadata(bytes);
  const written = metadata[METADATA.signature];
  if (written === undefined) throw new NoSignatureError(written);
  const signature: unknown = JSON.parse(written);
  if (!isSignature(signature)) throw new NoSignatureError(written);
  const bound = metadata[METADATA.binding];
  const binding = bound === undefined ? bindingOfOwn(signature) : parseBinding(bound);
  if (!binding) throw new NoSignatureError(bound);
  const isCoded = coded && bound === undefined && signature.categories.length > 0;
  const file = isCoded ? withCodedTexts(bytes, 'categories', signature.categories.length) : bytes;
  return sessionOf(await openRuntime(file, threads), binding, signature, metadata, isCoded);
}

/** Wires a graph to the features of a signature. */
export function sessionOf(
  runtime: Runtime,
  { inputs, output }: Binding,
  signature: Signature,
  metadata: Readonly<Record<string, string>> = {},
  isCoded = false,
): ModelSession {
  const feedsOf = feedMakerOf(inputs, signature, metadata, isCoded);
  const infer = async (batch: InputBatch, wanted: readonly string[]): Promise<OutputTensor[]> =>
    runtime.oneRow && batch.rows > 1
      ? stacked(await rowByRow(batch, signature, (row) => runtime.run(feedsOf(row), wanted)))
      : runtime.run(feedsOf(batch), wanted);
  const predictionsOf = (tensor: OutputTensor, rows: number): Float32Array =>
    signature.output === 'probabilities' && tensor.data instanceof Float32Array
      ? tensor.data
      : columnOf(tensor, output.column, rows);
  const all = runtime.outputs.map(({ name }) => name);
  const ours = all.indexOf(output.name);
  return {
    signature,
    metadata,
    inputs,
    outputs: runtime.outputs,
    run: async (batch) => {
      if (batch.rows === 0) return new Float32Array(0);
      const [tensor] = await infer(batch, [output.name]);
      return predictionsOf(tensor!, batch.rows);
    },
    infer: async (batch) => {
      const outputs = await infer(batch, all);
      return { predictions: predictionsOf(outputs[ours]!, batch.rows), outputs };
    },
    release: () => runtime.release(),
  };
}

/** Our own files take the batch as it is, without a copy. */
function feedMakerOf(
  inputs: readonly GraphInput[],
  signature: Signature,
  metadata: Readonly<Record<string, string>>,
  isCoded: boolean,
): (batch: InputBatch) => Feed[] {
  const isOwn = metadata[METADATA.signature] !== undefined && !metadata[METADATA.binding];
  if (!isOwn) return feedMaker(inputs, signature);
  return (batch) =>
    inputs.flatMap(({ name, datatype, features }) => {
      if (isCoded && name === 'categories') return codedFeeds(name, batch);
      const data = name === 'numbers' || name === 'times' ? batch[name] : batch.categories;
      return [{ name, datatype, shape: [batch.rows, features.length], data }];
    });
}

/** For graphs that were exported for one row: PyTorch does so unless told otherwise. */
async function rowByRow<Result>(
  batch: InputBatch,
  signature: Signature,
  run: (row: InputBatch) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let row = 0; row < batch.rows; row++) {
    // One after the other, since they share the processor's one thread.
    // oxlint-disable-next-line no-await-in-loop
    results.push(await run(rowsOf(batch, signature, row, row + 1)));
  }
  return results;
}

function stacked(rows: readonly (readonly OutputTensor[])[]): OutputTensor[] {
  return (rows[0] ?? []).map((first, at) => {
    const parts = rows.map((outputs) => outputs[at]!.data);
    const { name, datatype, shape } = first;
    const data = joined(datatype, parts);
    return { name, datatype, shape: [rows.length, ...shape.slice(1)], data };
  });
}

function joined(datatype: Datatype, parts: readonly TensorData[]): TensorData {
  const whole = emptyData(
    datatype,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) for (const value of part) Reflect.set(whole, at++, value);
  return whole;
}

/** Returns one column of an output, a value a row. */
function columnOf(tensor: OutputTensor, column: number, rows: number): Float32Array {
  const { data, name } = tensor;
  const width = data.length / rows;
  if (data instanceof Float32Array && width === 1) return data;
  if (Array.isArray(data) || column >= width) {
    throw new Error(`output '${name}' of the ONNX file has no number in column ${column}`);
  }
  return Float32Array.from({ length: rows }, (_, row) => Number(data[row * width + column]));
}

function isSignature(value: unknown): value is Signature {
  const given: Partial<Record<keyof Signature, unknown>> = Object(value);
  return (
    Array.isArray(given.numbers) &&
    Array.isArray(given.categories) &&
    Array.isArray(given.times) &&
    ['probability', 'value', 'probabilities'].includes(String(given.output))
  );
}
