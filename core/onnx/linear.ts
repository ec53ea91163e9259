/** Writes a linear model as one self-contained ONNX file. */
import type { Encoding } from './encoding.ts';
import { addEncoding } from './encoding-graph.ts';
import { DOUBLE, FLOAT, GraphWriter } from './graph.ts';

/** Of the encoded columns, in order. */
export interface LinearModel {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  /** Of the standardised columns. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

export interface LinearFile {
  readonly encoding: Encoding;
  readonly model: LinearModel;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Raw features in; a missing number becomes its mean; all in double precision until the output. */
export function linearToOnnx({ encoding, model, metadata }: LinearFile): Uint8Array {
  const graph = new GraphWriter();
  const width = model.means.length;
  const columns = graph.node('Cast', [addEncoding(graph, encoding)], { to: { int: DOUBLE } });
  const means = graph.constant(model.means, [1, width]);
  const isMissing = graph.node('IsNaN', [columns]);
  const filled = graph.node('Where', [isMissing, means, columns]);
  const centred = graph.node('Sub', [filled, means]);
  const scaled = graph.node('Div', [centred, graph.constant(model.deviations, [1, width])]);
  const weighted = graph.node('MatMul', [scaled, graph.constant(model.coefficients, [width])]);
  const score = graph.node('Add', [
    weighted,
    graph.constant(Float64Array.of(model.intercept), [1]),
  ]);
  const { output } = encoding.signature;
  const result = output === 'probability' ? graph.node('Sigmoid', [score]) : score;
  graph.output(output, 'float', graph.node('Cast', [result], { to: { int: FLOAT } }));
  return graph.finish({ name: 'linear', metadata });
}
