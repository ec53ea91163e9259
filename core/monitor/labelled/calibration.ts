/** Whether probabilities mean what they say, as numbers. */
import { calibrationBins, type CalibrationBin } from '../../train/metrics/calibration.ts';

export interface Calibration {
  /**
   * Expected calibration error: distance of mean probability and share of positives in ten bins of
   * equal width, weighted by rows (Naeini, Cooper and Hauskrecht, Obtaining well calibrated
   * probabilities using Bayesian binning, 2015).
   */
  readonly error: number;
  /** 1 where probabilities are spread as they should be; below it they are too extreme. */
  readonly slope: number;
  /** 0 where they are neither too low (above 0) nor too high (below 0), given the slope. */
  readonly intercept: number;
  readonly bins: readonly CalibrationBin[];
}

/**
 * Slope and intercept are those of the logistic regression of labels on the logit of the
 * probabilities (Cox, Two further applications of a model for binary regression, 1958).
 * O(n) an iteration, of which there are few
 *
 * @returns undefined where labels are all the same
 */
export function calibrationOf(
  labels: Float64Array,
  outputs: Float64Array,
): Calibration | undefined {
  const first = labels[0];
  if (first === undefined || labels.every((label) => label === first)) return undefined;
  const bins = calibrationBins(labels, outputs);
  const off = bins.reduce(
    (sum, { rows, predicted, observed }) => sum + rows * Math.abs(predicted - observed),
    0,
  );
  return { error: off / labels.length, ...fit(labels, outputs.map(logit)), bins };
}

const CERTAINTY = 1e-6;

function logit(probability: number): number {
  const kept = Math.min(1 - CERTAINTY, Math.max(CERTAINTY, probability));
  return Math.log(kept / (1 - kept));
}

const ITERATIONS = 30;

/** Newton's method in two dimensions. */
function fit(labels: Float64Array, logits: Float64Array): { slope: number; intercept: number } {
  let [intercept, slope] = [0, 1];
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
    for (let row = 0; row < labels.length; row++) {
      const x = logits[row]!;
      const given = 1 / (1 + Math.exp(-(intercept + slope * x)));
      const weight = given * (1 - given);
      const residual = labels[row]! - given;
      g0 += residual;
      g1 += residual * x;
      h00 += weight;
      h01 += weight * x;
      h11 += weight * x * x;
    }
    const determinant = h00 * h11 - h01 * h01;
    // All probabilities alike tell nothing of a slope.
    if (determinant <= 1e-12 * h00 * Math.max(h11, 1e-300)) break;
    const [up, turn] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    intercept += up;
    slope += turn;
    if (Math.abs(up) + Math.abs(turn) < 1e-10) break;
  }
  return { slope, intercept };
}
