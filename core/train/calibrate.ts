/** Makes probabilities say how often, learning from rows that the model was not trained on. */
import type { Columns } from '../data/columns.ts';
import type { Calibration } from '../onnx/output-graph.ts';
import { leastPenalisedLoss } from './newton.ts';
import { sigmoid } from './sigmoid.ts';
import type { TrainingTask } from './trainer.ts';

/** Corners of the line at most; more would follow noise. */
const MOST_POINTS = 40;

/**
 * Learns what the declaration asks for; undefined where it asks for none.
 *
 * @param scoresOf log-odds of the positive class, one a row
 * @throws {RangeError} if there are no validation rows to learn from
 */
export function fitCalibration(
  { name, target }: TrainingTask,
  validation: Columns | undefined,
  scoresOf: (rows: Columns) => Float64Array,
): Calibration | undefined {
  if (target.kind !== 'binary' || target.calibration === undefined) return undefined;
  if (!validation?.rows) {
    throw new RangeError(
      `model '${name}' asks for ${target.calibration} calibration, but there are no validation rows; ` +
        'train on more days, or take target.calibration out',
    );
  }
  const scores = scoresOf(validation);
  return target.calibration === 'sigmoid'
    ? fitSigmoid(scores, validation.target)
    : fitIsotonic(scores.map(sigmoid), validation.target);
}

/** Applies a calibration to log-odds; without one, their probabilities. */
export function calibrated(scores: Float64Array, calibration?: Calibration): Float64Array {
  if (!calibration) return scores.map(sigmoid);
  if (calibration.kind === 'sigmoid') {
    return scores.map((score) => sigmoid(calibration.slope * score + calibration.intercept));
  }
  const { from, to } = calibration;
  return scores.map((score) => {
    const probability = sigmoid(score);
    let risen = to[0]!;
    for (let at = 0; at + 1 < from.length; at++) {
      const width = from[at + 1]! - from[at]!;
      const within = Math.min(width, Math.max(0, probability - from[at]!));
      risen += (within * (to[at + 1]! - to[at]!)) / width;
    }
    return risen;
  });
}

/** Platt, Probabilistic outputs for support vector machines, 1999. */
function fitSigmoid(scores: Float64Array, target: Float64Array): Calibration {
  const problem = { kind: 'binary', columns: [scores], target, l2: 1e-6 } as const;
  const [intercept, slope] = leastPenalisedLoss(problem).coefficients;
  return { kind: 'sigmoid', slope: Math.fround(slope!), intercept: Math.fround(intercept!) };
}

interface Block {
  rows: number;
  predicted: number;
  positive: number;
}

/**
 * Pools neighbours that are out of order (Ayer et al., An empirical distribution function for
 * sampling with incomplete information, 1955) and draws a line through the pools' means, so that
 * rows in one pool keep their order.
 */
function fitIsotonic(probabilities: Float64Array, target: Float64Array): Calibration {
  const order = Uint32Array.from(probabilities.keys()).toSorted(
    (a, b) => probabilities[a]! - probabilities[b]!,
  );
  const least = Math.ceil(order.length / MOST_POINTS);
  const blocks: Block[] = [];
  for (let start = 0; start < order.length; start += least) {
    const block = { rows: 0, predicted: 0, positive: 0 };
    for (const row of order.subarray(start, start + least)) {
      block.rows++;
      block.predicted += probabilities[row]!;
      block.positive += target[row]!;
    }
    blocks.push(block);
    while (blocks.length > 1 && rateOf(blocks.at(-2)!) >= rateOf(blocks.at(-1)!)) {
      const last = blocks.pop()!;
      const pool = blocks.at(-1)!;
      pool.rows += last.rows;
      pool.predicted += last.predicted;
      pool.positive += last.positive;
    }
  }
  const points = new Map([[0, 0]]);
  for (const block of blocks) {
    const from = Math.fround(block.predicted / block.rows);
    if (from > 0 && from < 1) points.set(from, Math.fround(rateOf(block)));
  }
  points.set(1, 1);
  return {
    kind: 'isotonic',
    from: Float32Array.from(points.keys()),
    to: Float32Array.from(points.values()),
  };
}

/** Share of positives, drawn a little inwards, so that no pool is certain. */
function rateOf({ rows, positive }: Block): number {
  return (positive + 0.5) / (rows + 1);
}
