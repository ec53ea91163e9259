/** Writes a linear model as one self-contained ONNX file. */
import type { Encoding } from './encoding.ts';
import { addEncoding } from './encoding-graph.ts';
import { DOUBLE, FLOAT, GraphWriter } from './graph.ts';
import { addOutput, type Calibration } from './output-graph.ts';

/** Of the encoded columns, in order. */
export interface LinearModel {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  /** Of the standardised columns. */
  readonly coefficients: Float64Array;
  /** What is added where a column is missing. */
  readonly missing: Float64Array;
  readonly intercept: number;
}

export interface LinearFile {
  readonly encoding: Encoding;
  readonly model: LinearModel;
  readonly calibration?: Calibration;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Raw features in; a missing number becomes its mean and adds what missing means; all in double
 * precision until the score.
 */
export function linearToOnnx({ encoding, model, calibration, metadata }: LinearFile): Uint8Array {
  const graph = new GraphWriter();
  const width = model.means.length;
  const columns = graph.node('Cast', [addEncoding(graph, encoding)], { to: { int: DOUBLE } });
  const means = graph.constant(model.means, [1, width]);
  const isMissing = graph.node('IsNaN', [columns]);
  const filled = graph.node('Where', [isMissing, means, columns]);
  const centred = graph.node('Sub', [filled, means]);
  const scaled = graph.node('Div', [centred, graph.constant(model.deviations, [1, width])]);
  const weighted = graph.node('MatMul', [scaled, graph.constant(model.coefficients, [width])]);
  const holes = graph.node('MatMul', [
    graph.node('Cast', [isMissing], { to: { int: DOUBLE } }),
    graph.constant(model.missing, [width]),
  ]);
  const intercept = graph.constant(Float64Array.of(model.intercept), [1]);
  const score = graph.node('Add', [graph.node('Add', [weighted, holes]), intercept]);
  const scores = graph.node('Cast', [score], { to: { int: FLOAT } });
  addOutput(graph, scores, encoding.signature, calibration);
  return graph.finish({ name: 'linear', metadata });
}
