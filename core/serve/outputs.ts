/** Which outputs of a graph a request wants, and whether as bytes. */
import type { TensorMetadata } from '../onnx/tensor.ts';
import { RequestError } from './http.ts';
import { describe, isPlainObject } from './problems.ts';

export interface WantedOutput {
  readonly name: string;
  /** Whether its values are to come as bytes behind the JSON. */
  readonly binary: boolean;
}

/**
 * @param body of an inference request
 * @param given outputs of the graph
 * @throws {RequestError} 400 for an output that the graph does not have
 */
export function wantedOutputs(
  body: Readonly<Record<string, unknown>>,
  given: readonly TensorMetadata[],
): WantedOutput[] {
  const { outputs, parameters } = body;
  const allBinary = parameterOf(parameters, 'binary_data_output') === true;
  if (outputs === undefined || outputs === null) {
    return given.map(({ name }) => ({ name, binary: allBinary }));
  }
  if (!Array.isArray(outputs)) {
    throw new RequestError(400, `'outputs' is ${describe(outputs)}, not an array`);
  }
  if (outputs.length === 0) return given.map(({ name }) => ({ name, binary: allBinary }));
  return outputs.map((output: unknown) => {
    const wanted: unknown = isPlainObject(output) ? output['name'] : output;
    const found = given.find(({ name }) => name === wanted);
    if (!found) {
      const names = given.map(({ name }) => name).join(', ');
      const message = `the model has no output ${describe(wanted)}; it gives: ${names}`;
      throw new RequestError(400, message);
    }
    const own = isPlainObject(output)
      ? parameterOf(output['parameters'], 'binary_data')
      : undefined;
    return { name: found.name, binary: typeof own === 'boolean' ? own : allBinary };
  });
}

function parameterOf(parameters: unknown, name: string): unknown {
  return isPlainObject(parameters) ? parameters[name] : undefined;
}
