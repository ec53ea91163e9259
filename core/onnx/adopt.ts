/** Makes a model file of an ONNX file from elsewhere: bound to the declaration, tried, and marked. */
import type { ModelDefinition } from '../model/definition.ts';
import type { InputBatch, Signature } from '../model/signature.ts';
import { type BindingHints, GraphMismatchError, bindGraph } from './bind.ts';
import type { Binding } from './binding.ts';
import { METADATA, readMetadata, withMetadata } from './metadata.ts';
import { type Runtime, openRuntime } from './runtime.ts';
import { sessionOf } from './session.ts';

export interface AdoptedFile {
  /** The file with what Tidemill must know of it in its metadata. */
  readonly bytes: Uint8Array;
  readonly signature: Signature;
  readonly binding: Binding;
}

/**
 * Binds a graph to a declaration, predicts two rows with it, and writes the binding into its
 * metadata. The graph itself stays as it is.
 *
 * @throws {NotOnnxError} @throws {FixedRowsError}
 * @throws {GraphMismatchError} if the declaration cannot feed it, or its answers are none
 */
export async function adoptFile(
  definition: ModelDefinition,
  bytes: Uint8Array,
  hints: BindingHints = {},
): Promise<AdoptedFile> {
  readMetadata(bytes);
  const runtime = await openRuntime(bytes, 1);
  try {
    const { binding, signature } = bindGraph(definition, runtime, hints);
    const settled = await tried(runtime, binding, signature, definition, hints);
    const { name, target } = definition;
    return {
      signature,
      binding: settled,
      bytes: withMetadata(bytes, {
        [METADATA.model]: name,
        [METADATA.signature]: JSON.stringify(signature),
        [METADATA.binding]: JSON.stringify(settled),
        ...(target.kind === 'binary' && { [METADATA.threshold]: String(target.threshold) }),
      }),
    };
  } finally {
    await runtime.release();
  }
}

/** Predicts two rows, and so learns how wide an output is that the file leaves open. */
async function tried(
  runtime: Runtime,
  binding: Binding,
  signature: Signature,
  definition: ModelDefinition,
  hints: BindingHints,
): Promise<Binding> {
  const { output } = binding;
  const session = sessionOf(runtime, binding, signature);
  const batch = exampleBatch(signature, definition);
  const { outputs } = await session.infer(batch);
  const width = (outputs.find(({ name }) => name === output.name)?.data.length ?? 0) / batch.rows;
  const column =
    hints.output?.column ?? (signature.output === 'probability' && width === 2 ? 1 : output.column);
  const settled = { ...binding, output: { name: output.name, column } };
  const answers = await sessionOf(runtime, settled, signature).run(batch);
  const wrong = answers.find((answer) => !fits(answer, signature));
  if (wrong !== undefined) {
    throw new GraphMismatchError([
      `output '${output.name}' answered ${wrong}, which is no ${signature.output}; ` +
        'end the graph with a Sigmoid or Softmax, or say which output is meant with --output',
    ]);
  }
  return settled;
}

function fits(answer: number, { output }: Signature): boolean {
  return output === 'value' ? Number.isFinite(answer) : answer >= 0 && answer <= 1;
}

/** One row at the lower end of what is declared, one at the upper. */
function exampleBatch(
  { numbers, categories, times }: Signature,
  { features }: Pick<ModelDefinition, 'features'>,
): InputBatch {
  const ends = [0, 1] as const;
  const numberAt = (name: string, end: number): number => {
    const feature = features[name];
    if (feature?.kind !== 'number') return end;
    return Math.trunc((end === 0 ? feature.minimum : feature.maximum) ?? end);
  };
  const categoryOf = (name: string): string => {
    const feature = features[name];
    return feature?.kind === 'category' ? (feature.values?.[0] ?? 'A') : '';
  };
  return {
    rows: 2,
    numbers: Float32Array.from(ends.flatMap((end) => numbers.map((name) => numberAt(name, end)))),
    categories: ends.flatMap(() => categories.map(categoryOf)),
    times: Float64Array.from(ends.flatMap((end) => times.map(() => end * 1e12))),
  };
}
