/** A version that is open: its session, and what is needed to answer with it. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../aws/objects.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { layout } from '../model/layout.ts';
import type { InputBatch, Signature } from '../model/signature.ts';
import { METADATA } from '../onnx/metadata.ts';
import type { ModelSession } from '../onnx/session.ts';
import {
  type GraphInput,
  type OutputTensor,
  type TensorMetadata,
  isWhole,
} from '../onnx/tensor.ts';
import type { AliasEntry, Registry } from '../registry/registry.ts';
import { type Prediction, type Scores, decide, decideClass, score, scoreClass } from './decide.ts';
import { ModelFileChangedError, SignatureMismatchError } from './errors.ts';
import { type RowReader, createRowReader } from './validate.ts';

/** What a version answers, in our words and in those of its graph. */
export interface Answers {
  readonly predictions: Prediction[];
  readonly outputs: readonly OutputTensor[];
}

export interface ServedModel {
  readonly model: string;
  readonly version: number;
  /** When the alias was put on it. ISO 8601, UTC. */
  readonly since: string;
  readonly signature: Signature;
  /** Of the graph itself, without the columns that are computed here. */
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly TensorMetadata[];
  readonly readRows: RowReader;
  predict(batch: InputBatch): Promise<Prediction[]>;
  /** The same for many rows. */
  score(batch: InputBatch): Promise<Scores>;
  infer(batch: InputBatch): Promise<Answers>;
  release(): Promise<void>;
}

export interface ModelSource {
  readonly definition: ModelDefinition;
  readonly registry: Pick<Registry, 'version'>;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly openSession: (bytes: Uint8Array) => Promise<ModelSession>;
}

/**
 * Opens the version that an alias stands on.
 *
 * @throws {VersionNotFoundError} @throws {ObjectNotFoundError}
 * @throws {ModelFileChangedError} if the bytes are not those that were registered
 * @throws {SignatureMismatchError} if the declaration cannot feed it
 */
export async function openVersion(
  { definition, registry, objects, openSession }: ModelSource,
  { version, at }: Pick<AliasEntry, 'version' | 'at'>,
): Promise<ServedModel> {
  const model = definition.name;
  const [{ sha256: registered }, bytes] = await Promise.all([
    registry.version(model, version),
    objects.get(layout.modelFile(model, version)),
  ]);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== registered) throw new ModelFileChangedError(model, version, registered, found);
  const session = await openSession(bytes);
  try {
    requireFit(definition, session.signature, version);
  } catch (cause) {
    await session.release();
    throw cause;
  }
  const threshold = thresholdOf(definition, session);
  const { classes } = session.signature;
  const decided = (output: Float32Array): Prediction[] =>
    classes ? decideClass(output, classes) : decide(output, threshold);
  return {
    model,
    version,
    since: at,
    signature: session.signature,
    inputs: sentInputs(session.inputs, definition),
    outputs: session.outputs,
    readRows: createRowReader(definition, session.signature, wholeOf(session.inputs)),
    predict: async (batch) => decided(await session.run(batch)),
    score: async (batch) => {
      const output = await session.run(batch);
      return classes ? scoreClass(output, classes) : score(output, threshold);
    },
    infer: async (batch) => {
      const { predictions, outputs } = await session.infer(batch);
      return { predictions: decided(predictions), outputs };
    },
    release: () => session.release(),
  };
}

function sentInputs(
  inputs: readonly GraphInput[],
  { rolling }: Pick<ModelDefinition, 'rolling'>,
): readonly GraphInput[] {
  if (!inputs.some(({ features }) => features.some((name) => name in rolling))) return inputs;
  return inputs.flatMap((input) => {
    const features = input.features.filter((name) => !(name in rolling));
    if (features.length === input.features.length) return [input];
    return features.length === 0 ? [] : [{ ...input, features, shape: [-1, features.length] }];
  });
}

/** Features that a graph takes as whole numbers. */
function wholeOf(inputs: readonly GraphInput[]): ReadonlySet<string> {
  return new Set(inputs.flatMap(({ datatype, features }) => (isWhole(datatype) ? features : [])));
}

const OUTPUTS = {
  binary: 'probability',
  regression: 'value',
  multiclass: 'probabilities',
} as const;

const KINDS = { numbers: 'number', categories: 'category', times: 'timestamp' } as const;

function requireFit(definition: ModelDefinition, signature: Signature, version: number): void {
  const { name, features, target } = definition;
  for (const tensor of ['numbers', 'categories', 'times'] as const) {
    for (const feature of signature[tensor]) {
      if (features[feature]?.kind === KINDS[tensor]) continue;
      const problem = `takes the ${KINDS[tensor]} '${feature}', which the declaration does not have`;
      throw new SignatureMismatchError(name, version, problem);
    }
  }
  if (signature.output !== OUTPUTS[target.kind]) {
    const problem = `gives a ${signature.output}, which is no answer to a ${target.kind} target`;
    throw new SignatureMismatchError(name, version, problem);
  }
}

/** The file's own threshold: it was chosen with the version, as the declaration was then. */
function thresholdOf(
  { target }: ModelDefinition,
  { metadata, signature }: ModelSession,
): number | undefined {
  if (signature.output === 'value') return undefined;
  const written = metadata[METADATA.threshold];
  if (written !== undefined) return Number(written);
  return target.kind === 'binary' ? target.threshold : undefined;
}
