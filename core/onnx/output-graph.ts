/** The part of the graph that turns scores into what a model puts out. */
import type { Signature } from '../model/signature.ts';
import type { GraphWriter } from './graph.ts';

/** What is done to log-odds so that the probability says how often. */
export type Calibration =
  | { readonly kind: 'sigmoid'; readonly slope: number; readonly intercept: number }
  /** A line through points, from probability to probability; both lists ascend. */
  | { readonly kind: 'isotonic'; readonly from: Float32Array; readonly to: Float32Array };

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
  const flat = graph.node('Reshape', [scores, graph.constant(BigInt64Array.of(-1n), [1])]);
  graph.output(
    output,
    'float',
    output === 'value' ? flat : addProbability(graph, flat, calibration),
  );
}

function addProbability(graph: GraphWriter, scores: string, calibration?: Calibration): string {
  if (calibration?.kind !== 'sigmoid') {
    const probability = graph.node('Sigmoid', [scores]);
    return calibration ? addLine(graph, probability, calibration) : probability;
  }
  const number = (value: number): string => graph.constant(Float32Array.of(value), [1]);
  const sloped = graph.node('Mul', [scores, number(calibration.slope)]);
  return graph.node('Sigmoid', [graph.node('Add', [sloped, number(calibration.intercept)])]);
}

/**
 * A line through points as a sum of ramps: `to[0] + Σ slope × clip(p - from[i], 0, width)`. So it
 * needs no search, and ONNX Runtime computes all ramps at once.
 */
function addLine(
  graph: GraphWriter,
  probability: string,
  { from, to }: Extract<Calibration, { kind: 'isotonic' }>,
): string {
  const segments = from.length - 1;
  const row = (of: (at: number) => number): string => {
    return graph.constant(
      Float32Array.from({ length: segments }, (_, at) => of(at)),
      [1, segments],
    );
  };
  const start = graph.constant(to.slice(0, 1), [1]);
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
  return graph.node('Add', [rise, start]);
}
