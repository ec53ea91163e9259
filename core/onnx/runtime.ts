/** An ONNX file in ONNX Runtime, whoever wrote it: tensors in, tensors out. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  type OutputTensor,
  type TensorData,
  type TensorMetadata,
  datatypeOf,
  onnxTypeOf,
} from './tensor.ts';

export interface Feed extends TensorMetadata {
  readonly data: TensorData;
}

export interface Runtime {
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /** Names of inputs and outputs that are no tensors of a datatype we know: maps, sequences, half floats. */
  readonly strange: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  /** Whether the graph takes exactly one row a call. */
  readonly oneRow: boolean;
  /** @param wanted names of outputs */
  run(feeds: readonly Feed[], wanted: readonly string[]): Promise<OutputTensor[]>;
  release(): Promise<void>;
}

/** The graph wants a number of rows that no request has. */
export class FixedRowsError extends Error {
  override readonly name = 'FixedRowsError';

  constructor(input: string, rows: number) {
    super(
      `input '${input}' of the ONNX file takes ${rows} rows a call, no more and no fewer; ` +
        'export it with a dynamic first dimension (PyTorch: dynamic_axes or dynamic_shapes)',
    );
  }
}

/**
 * Sets ONNX Runtime up while a file is still on its way, which takes as long as opening one does.
 * There is no call for it, but whoever asks for a session gets it done before the bytes are read.
 */
export function prepareRuntime(): void {
  InferenceSession.create(new Uint8Array(1)).catch(() => {});
}

/**
 * Loads an ONNX file.
 *
 * @param threads that one call may use
 * @throws {FixedRowsError} @throws {Error} of ONNX Runtime, if it cannot run the graph
 */
export async function openRuntime(bytes: Uint8Array, threads: number): Promise<Runtime> {
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that wait would otherwise run in circles, which doubles the processor's time.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const first = session.inputMetadata.find((input) => input.isTensor);
  const rows = first?.isTensor ? first.shape[0] : undefined;
  if (first && typeof rows === 'number' && rows !== 1) {
    await session.release();
    throw new FixedRowsError(first.name, rows);
  }
  return {
    inputs: tensorsAmong(session.inputMetadata),
    outputs: tensorsAmong(session.outputMetadata),
    strange: {
      inputs: othersAmong(session.inputMetadata),
      outputs: othersAmong(session.outputMetadata),
    },
    oneRow: rows === 1,
    run: async (feeds, wanted) => {
      const given: Record<string, Tensor> = {};
      for (const { name, datatype, shape, data } of feeds) {
        given[name] = new Tensor(onnxTypeOf(datatype), data, shape);
      }
      const answer = await session.run(given, wanted);
      return wanted.map((name) => outputOf(name, answer[name]));
    },
    release: () => session.release(),
  };
}

function tensorsAmong(metadata: readonly InferenceSession.ValueMetadata[]): TensorMetadata[] {
  return metadata.flatMap((value) => {
    const datatype = value.isTensor ? datatypeOf(value.type) : undefined;
    if (!value.isTensor || datatype === undefined) return [];
    const shape = value.shape.map((size) => (typeof size === 'number' ? size : -1));
    return [{ name: value.name, datatype, shape: [-1, ...shape.slice(1)] }];
  });
}

function othersAmong(metadata: readonly InferenceSession.ValueMetadata[]): string[] {
  return metadata
    .filter((value) => !value.isTensor || datatypeOf(value.type) === undefined)
    .map(({ name }) => name);
}

function outputOf(name: string, tensor: Tensor | undefined): OutputTensor {
  const datatype = tensor && datatypeOf(tensor.type);
  if (!tensor || datatype === undefined) throw new Error(`the graph gave no tensor '${name}'`);
  return { name, datatype, shape: tensor.dims, data: tensor.data };
}
