/** Predicts with an ONNX file. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { InputBatch, Signature } from '../model/signature.ts';
import { METADATA, readMetadata } from './metadata.ts';

export interface SessionOptions {
  /** Threads that one call may use; a server answers calls side by side instead. @default 1 */
  readonly threads?: number;
}

export interface ModelSession {
  readonly signature: Signature;
  readonly metadata: Readonly<Record<string, string>>;
  /** One probability or value a row. */
  run(batch: InputBatch): Promise<Float32Array>;
  /** Frees the native memory; the session cannot run after it. */
  release(): Promise<void>;
}

/** The file does not say which features it takes. */
export class NoSignatureError extends Error {
  override readonly name = 'NoSignatureError';

  constructor(found: string | undefined) {
    super(
      `the ONNX file's metadata '${METADATA.signature}' is ${found ?? 'missing'}, so its features ` +
        'are unknown; use a file that a Tidemill training run wrote',
    );
  }
}

/**
 * Loads a model file.
 *
 * @throws {NotOnnxError} if the bytes are not an ONNX file
 * @throws {NoSignatureError} if the file was not written by Tidemill
 */
export async function openSession(
  bytes: Uint8Array,
  { threads = 1 }: SessionOptions = {},
): Promise<ModelSession> {
  const metadata = readMetadata(bytes);
  const written = metadata[METADATA.signature];
  if (written === undefined) throw new NoSignatureError(written);
  const signature: unknown = JSON.parse(written);
  if (!isSignature(signature)) throw new NoSignatureError(written);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  return {
    signature,
    metadata,
    run: async (batch) => {
      if (batch.rows === 0) return new Float32Array(0);
      const { [signature.output]: output } = await session.run(tensorsOf(batch, signature));
      if (output?.data instanceof Float32Array) return output.data;
      throw new Error(`the ONNX file's output '${signature.output}' is not of 32-bit floats`);
    },
    release: () => session.release(),
  };
}

function tensorsOf(batch: InputBatch, signature: Signature): Record<string, Tensor> {
  const { rows, numbers, categories, times } = batch;
  const tensors: Record<string, Tensor> = {};
  if (signature.numbers.length > 0) {
    tensors['numbers'] = new Tensor('float32', numbers, [rows, signature.numbers.length]);
  }
  if (signature.categories.length > 0) {
    tensors['categories'] = new Tensor('string', categories, [rows, signature.categories.length]);
  }
  if (signature.times.length > 0) {
    tensors['times'] = new Tensor('float64', times, [rows, signature.times.length]);
  }
  return tensors;
}

function isSignature(value: unknown): value is Signature {
  const given: Partial<Record<keyof Signature, unknown>> = Object(value);
  return (
    Array.isArray(given.numbers) &&
    Array.isArray(given.categories) &&
    Array.isArray(given.times) &&
    (given.output === 'probability' || given.output === 'value')
  );
}
