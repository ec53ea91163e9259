/** Names, datatypes and order of a model's inputs and outputs. */
import type { ModelDefinition } from './definition.ts';
import type { Feature } from './features.ts';

/**
 * Features by the tensor that carries them: `numbers` FP32 [rows, n], `categories` BYTES
 * [rows, c], `times` FP64 [rows, t] in milliseconds since 1970. A tensor without features is
 * not an input of the graph. Few tensors with many columns, since each one costs ONNX Runtime
 * about 5 µs a call.
 */
export interface Signature {
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
  readonly times: readonly string[];
  /**
   * The output, FP32: of the positive class or the value itself, [rows]; or of every class,
   * [rows, classes].
   */
  readonly output: 'probability' | 'value' | 'probabilities';
  /** What the columns of `probabilities` stand for. */
  readonly classes?: readonly string[];
}

export function signatureOf(definition: Pick<ModelDefinition, 'features' | 'target'>): Signature {
  const named = (kind: Feature['kind']): string[] =>
    Object.entries(definition.features)
      .filter(([, feature]) => feature.kind === kind)
      .map(([name]) => name);
  return {
    numbers: named('number'),
    categories: named('category'),
    times: named('timestamp'),
    ...outputOf(definition.target),
  };
}

function outputOf(target: ModelDefinition['target']): Pick<Signature, 'output' | 'classes'> {
  if (target.kind === 'multiclass') return { output: 'probabilities', classes: target.classes };
  return { output: target.kind === 'binary' ? 'probability' : 'value' };
}

/**
 * Rows ready for the graph, each tensor row after row. A missing number or time is NaN, a
 * missing category the empty string.
 */
export interface InputBatch {
  readonly rows: number;
  readonly numbers: Float32Array;
  readonly categories: readonly string[];
  readonly times: Float64Array;
  /** The categories once more, for sessions that were opened to take them so. */
  readonly coded?: CodedTexts;
}

/** Texts of which many are the same. */
export interface CodedTexts {
  readonly dictionary: readonly string[];
  /** A place in the dictionary for each text. */
  readonly codes: Int32Array;
}

/** Returns the rows `[from, to)` of a batch. */
export function rowsOf(
  { numbers, categories, times }: InputBatch,
  signature: Signature,
  from: number,
  to: number,
): InputBatch {
  const [n, c, t] = [signature.numbers.length, signature.categories.length, signature.times.length];
  return {
    rows: to - from,
    numbers: numbers.subarray(from * n, to * n),
    categories: categories.slice(from * c, to * c),
    times: times.subarray(from * t, to * t),
  };
}
