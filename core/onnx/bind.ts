/** Finds out which features of a declaration an ONNX file from elsewhere takes, and what it answers. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Feature } from '../model/features.ts';
import type { Signature } from '../model/signature.ts';
import type { Binding } from './binding.ts';
import type { Runtime } from './runtime.ts';
import { type GraphInput, type TensorMetadata } from './tensor.ts';

/** What a person says where names do not. */
export interface BindingHints {
  /** Features of an input, in the order of its columns. @default the feature of its name, or all that are left */
  readonly inputs?: Readonly<Record<string, readonly string[]>>;
  /** Output with the probability or value, and which of its columns. @default the only one that can be it */
  readonly output?: { readonly name: string; readonly column?: number };
}

/** The file and the declaration do not fit; lists everything to mend. */
export class GraphMismatchError extends Error {
  override readonly name = 'GraphMismatchError';

  constructor(problems: readonly string[]) {
    super(
      `the ONNX file does not fit the declaration:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
}

export interface BoundGraph {
  readonly binding: Binding;
  readonly signature: Signature;
}

type Graph = Pick<Runtime, 'inputs' | 'outputs' | 'strange'>;
type Declared = Pick<ModelDefinition, 'features' | 'target'>;

/** @throws {GraphMismatchError} */
export function bindGraph(
  definition: Declared,
  graph: Graph,
  { inputs: given = {}, output }: BindingHints = {},
): BoundGraph {
  const problems: string[] = [
    ...graph.strange.inputs.map(
      (name) => `input '${name}' is no tensor of numbers or text, which no row can fill`,
    ),
    ...unknownNames(graph, given),
    ...tooManyClasses(definition),
  ];
  const inputs = boundInputs(definition, graph.inputs, given, problems);
  const found = findOutput(definition, graph, output, problems);
  if (problems.length > 0 || !found) throw new GraphMismatchError(problems);
  return { binding: { inputs, output: found }, signature: signatureOf(definition, inputs) };
}

/** Which column stands for which class, no file says. */
function tooManyClasses({ target }: Declared): string[] {
  if (target.kind !== 'multiclass') return [];
  return [
    `target '${target.column}' has several classes, which only files trained by Tidemill can have; ` +
      'declare one question of yes or no a class',
  ];
}

function* unknownNames(graph: Graph, given: NonNullable<BindingHints['inputs']>) {
  const names = graph.inputs.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) yield `there is no input '${name}'; there are: ${names.join(', ')}`;
  }
}

function boundInputs(
  { features }: Declared,
  inputs: readonly TensorMetadata[],
  given: NonNullable<BindingHints['inputs']>,
  problems: string[],
): GraphInput[] {
  const named = (name: string): readonly string[] | undefined =>
    given[name] ?? (Object.hasOwn(features, name) ? [name] : undefined);
  const taken = new Set(inputs.flatMap(({ name }) => named(name) ?? []));
  const nameless = inputs.filter(({ name }) => !named(name));
  return inputs.map((input) => {
    const columns = named(input.name) ?? leftFor(input, nameless, features, taken);
    const bound = { ...input, features: columns };
    problems.push(...problemsOfInput(bound, features));
    return bound;
  });
}

/** An input without a feature's name is a matrix of all features of its kind that are left. */
function leftFor(
  { datatype }: TensorMetadata,
  nameless: readonly TensorMetadata[],
  features: Declared['features'],
  taken: ReadonlySet<string>,
): string[] {
  const alike = nameless.filter((other) => (other.datatype === 'BYTES') === (datatype === 'BYTES'));
  if (alike.length !== 1) return [];
  return Object.keys(features).filter(
    (name) =>
      !taken.has(name) && features[name]?.kind === (datatype === 'BYTES' ? 'category' : 'number'),
  );
}

function* problemsOfInput(
  { name, datatype, shape, features: columns }: GraphInput,
  features: Declared['features'],
): Generator<string> {
  const width = shape.slice(1).reduce((product, size) => product * Math.abs(size), 1);
  const isOpen = shape.includes(-1, 1);
  const fits = isOpen ? columns.length > 0 : columns.length === width;
  if (!fits) {
    const has = columns.length === 0 ? 'none' : columns.join(', ');
    yield (
      `input '${name}' (${datatype} [${shape.join(', ')}]) has ${isOpen ? 'some' : width} columns, ` +
      `but the features found for it are: ${has}; say which with --input ${name}=<feature>,<feature>`
    );
  }
  for (const column of columns) {
    const feature = features[column];
    if (!feature) yield `feature '${column}' of input '${name}' is not declared`;
    else if (!takes(datatype, feature)) {
      yield `input '${name}' takes ${datatype}, but feature '${column}' is a ${feature.kind}`;
    }
  }
}

function takes(datatype: GraphInput['datatype'], { kind }: Feature): boolean {
  if (kind === 'category') return datatype === 'BYTES';
  // Milliseconds since 1970 fit nothing smaller.
  if (kind === 'timestamp') return datatype === 'FP64' || datatype === 'INT64';
  return datatype !== 'BYTES';
}

function findOutput(
  { target }: Declared,
  { outputs, strange }: Graph,
  wanted: BindingHints['output'],
  problems: string[],
): Binding['output'] | undefined {
  const usual = target.kind === 'binary' ? [1, 2, -1] : [1];
  const fitting = outputs.filter(
    ({ datatype, shape }) =>
      (datatype === 'FP32' || datatype === 'FP64') && usual.includes(widthOf(shape)),
  );
  const found = wanted
    ? outputs.find(({ name }) => name === wanted.name)
    : fitting.length === 1
      ? fitting[0]
      : fitting.find(({ name }) => /prob/i.test(name));
  if (!found) {
    problems.push(noOutput(target.kind, outputs, strange.outputs, wanted));
    return undefined;
  }
  const last = target.kind === 'binary' ? Math.max(0, widthOf(found.shape) - 1) : 0;
  return { name: found.name, column: wanted?.column ?? last };
}

function noOutput(
  target: Declared['target']['kind'],
  outputs: readonly TensorMetadata[],
  strange: readonly string[],
  wanted: BindingHints['output'],
): string {
  const answer = target === 'binary' ? 'probability' : 'value';
  const names = outputs.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join()}]`);
  const known = `tensors: ${names.join(', ') || 'none'}`;
  if (strange.length > 0) {
    return (
      `output '${strange.join("', '")}' is a sequence of maps and no tensor (${known}); convert again ` +
      `without ZipMap: options={id(model): {'zipmap': False}} of skl2onnx, zipmap=False of onnxmltools`
    );
  }
  if (wanted) return `there is no output '${wanted.name}' (${known})`;
  return `no single output can be the ${answer} (${known}); say which with --output <name>[:<column>]`;
}

/** Values a row of an output; -1 if the file leaves it open. */
function widthOf(shape: readonly number[]): number {
  const sizes = shape.slice(1);
  return sizes.includes(-1) ? -1 : sizes.reduce((product, size) => product * size, 1);
}

/** Features that the graph takes, by kind, in the order of the declaration. */
function signatureOf({ features, target }: Declared, inputs: readonly GraphInput[]): Signature {
  const used = new Set(inputs.flatMap((input) => input.features));
  const ofKind = (kind: Feature['kind']): string[] =>
    Object.keys(features).filter((name) => used.has(name) && features[name]?.kind === kind);
  return {
    numbers: ofKind('number'),
    categories: ofKind('category'),
    times: ofKind('timestamp'),
    output: target.kind === 'binary' ? 'probability' : 'value',
  };
}
