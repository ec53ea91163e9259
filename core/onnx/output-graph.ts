/** The part of the graph that turns scores into what a model puts out. */
import type { Signature } from '../model/signature.ts';
import { FLOAT, type GraphWriter } from './graph.ts';

/**
 * What is done to a probability so that it says how often: the line through `points`, level
 * outside of them. Both lists ascend.
 */
export interface Calibration {
  readonly from: Float32Array;
  readonly to: Float32Array;
}

/**
 * Adds the outputs of a signature: `probability` or `value`, [rows]; or `probabilities`, [rows,
 * classes], with `label`, the text of the likeliest class.
 *
 * @param scores FP32 [rows, classes], one column where there are no classes
 */
export function addOutput(
  graph: GraphWriter,
  scores: string,
  { output, classes = [] }: Signature,
  calibration?: Calibration,
): void {
  if (output === 'probabilities') {
    const probabilities = graph.node('Softmax', [scores], { axis: { int: 1 } });
    const likeliest = graph.node('ArgMax', [probabilities], {
      axis: { int: 1 },
      keepdims: { int: 0 },
    });
    const texts = graph.texts(classes);
    graph.output(output, 'float', probabilities, classes.length);
    graph.output('label', 'string', graph.node('Gather', [texts, likeliest]));
    return;
  }
  const column = output === 'probability' ? graph.node('Sigmoid', [scores]) : scores;
  const flat = graph.node('Reshape', [column, graph.constant(BigInt64Array.of(-1n), [1])]);
  graph.output(output, 'float', calibration ? addCalibration(graph, flat, calibration) : flat);
}

/**
 * A line through points as a sum of ramps: `to[0] + Σ slope × clip(p - from[i], 0, width)`. So it
 * needs no search, and ONNX Runtime computes all ramps at once.
 */
function addCalibration(graph: GraphWriter, probability: string, { from, to }: Calibration): string {
  const segments = from.length - 1;
  const row = (of: (at: number) => number): string => {
    return graph.constant(Float32Array.from({ length: segments }, (_, at) => of(at)), [1, segments]);
  };
  const start = graph.constant(Float32Array.of(to[0]!), [1]);
  const column = graph.node('Reshape', [
    probability,
    graph.constant(BigInt64Array.of(-1n, 1n), [2]),
  ]);
  const beyond = graph.node('Relu', [graph.node('Sub', [column, row((at) => from[at]!)])]);
  const within = graph.node('Min', [beyond, row((at) => from[at + 1]! - from[at]!)]);
  const slopes = Float32Array.from(
    { length: segments },
    (_, at) => (to[at + 1]! - to[at]!) / (from[at + 1]! - from[at]!),
  );
  const rise = graph.node('MatMul', [within, graph.constant(slopes, [segments])]);
  return graph.node('Cast', [graph.node('Add', [rise, start])], { to: { int: FLOAT } });
}
