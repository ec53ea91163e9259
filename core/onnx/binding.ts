/** How the features of a declaration meet the inputs and outputs of a graph. */
import type { Signature } from '../model/signature.ts';
import type { GraphInput } from './tensor.ts';

export interface Binding {
  readonly inputs: readonly GraphInput[];
  /** Where the probability or value of each row stands. */
  readonly output: { readonly name: string; readonly column: number };
}

/** Binding of the files that Tidemill writes: one wide tensor a kind of feature. */
export function bindingOfOwn(signature: Signature): Binding {
  const inputs = (['numbers', 'categories', 'times'] as const)
    .filter((name) => signature[name].length > 0)
    .map((name) => ({
      name,
      datatype: DATATYPES[name],
      shape: [-1, signature[name].length],
      features: signature[name],
    }));
  return { inputs, output: { name: signature.output, column: 0 } };
}

const DATATYPES = { numbers: 'FP32', categories: 'BYTES', times: 'FP64' } as const;

/** Reads a binding as the metadata of a file keeps it; undefined if it is none. */
export function parseBinding(text: string): Binding | undefined {
  const value: unknown = JSON.parse(text);
  return isBinding(value) ? value : undefined;
}

function isBinding(value: unknown): value is Binding {
  const { inputs, output }: { inputs?: unknown; output?: { name?: unknown; column?: unknown } } =
    Object(value);
  return (
    Array.isArray(inputs) &&
    inputs.every((input: Partial<GraphInput>) => Array.isArray(input.features)) &&
    typeof output?.name === 'string' &&
    typeof output.column === 'number'
  );
}
