/** How sure one can be that one model is better than another on rows that are only a sample. */
import type { QualityMetric } from '../model/definition.ts';
import { standardErrorsFor } from '../monitor/distributions.ts';
import { type Influenced, ofArea, ofMean, ofRoot } from '../monitor/labelled/influence.ts';
import { likeliestClass } from '../train/metrics/classes.ts';
import { improvementOf } from '../train/metrics/quality.ts';

export interface Interval {
  /** Ends of the improvement, in the metric's units. */
  readonly low: number;
  readonly high: number;
  /** How likely it is to hold the true improvement. */
  readonly confidence: number;
}

export interface Paired {
  readonly metric: QualityMetric;
  readonly truth: Float64Array;
  /** Probabilities or values, one a row; of several classes there is a probability each, row after row. */
  readonly candidate: Float64Array;
  readonly other: Float64Array;
  /** @default 0.95 */
  readonly confidence?: number;
}

/**
 * Normal interval of how much better the candidate is, from what each row did to the difference:
 * both models have the same rows, so that what is hard about a row is hard for both. Of AUC it is
 * that of DeLong. O(n log n)
 */
export function improvementInterval(paired: Paired): Interval {
  const { metric, truth, candidate, other, confidence = 0.95 } = paired;
  const ours = influencedBy(metric, truth, candidate);
  const theirs = influencedBy(metric, truth, other);
  const improvement = improvementOf(metric, ours.value, theirs.value);
  let variance = 0;
  for (const [row, influence] of ours.influence.entries()) {
    variance += (influence - theirs.influence[row]!) ** 2;
  }
  const reach = standardErrorsFor(confidence) * Math.sqrt(variance);
  return { low: improvement - reach, high: improvement + reach, confidence };
}

function influencedBy(
  metric: QualityMetric,
  truth: Float64Array,
  predicted: Float64Array,
): Influenced {
  if (metric === 'auc') return areaOf(truth, predicted);
  const losses = lossesOf(metric, truth, predicted);
  return metric === 'rmse' ? ofRoot(losses) : ofMean(losses);
}

const CERTAINTY = 1e-15;

/** What each row adds to the mean that a metric is, or, of RMSE, is the root of. */
function lossesOf(
  metric: Exclude<QualityMetric, 'auc'>,
  truth: Float64Array,
  predicted: Float64Array,
): Float64Array {
  switch (metric) {
    case 'rmse':
      return truth.map((value, row) => (value - predicted[row]!) ** 2);
    case 'mae':
      return truth.map((value, row) => Math.abs(value - predicted[row]!));
    case 'accuracy':
      return truth.map((value, row) => Number(likeliestClass(truth, predicted, row) === value));
    case 'log-loss':
      return truth.map((_, row) => {
        const given = probabilityOfTruth(truth, predicted, row);
        return -Math.log(Math.min(1 - CERTAINTY, Math.max(CERTAINTY, given)));
      });
    default:
      return metric satisfies never;
  }
}

/** What was given to what happened; of several classes there is a probability each, row after row. */
function probabilityOfTruth(truth: Float64Array, predicted: Float64Array, row: number): number {
  const classes = predicted.length / truth.length;
  if (classes > 1) return predicted[row * classes + truth[row]!]!;
  return truth[row] === 1 ? predicted[row]! : 1 - predicted[row]!;
}

/** Of several classes the mean of each against the rest, as the metric itself. */
function areaOf(truth: Float64Array, predicted: Float64Array): Influenced {
  const classes = predicted.length / truth.length;
  if (classes === 1) return ofArea(truth, predicted);
  const areas = Array.from({ length: classes }, (_, at) =>
    ofArea(
      truth.map((value) => Number(value === at)),
      truth.map((_value, row) => predicted[row * classes + at]!),
    ),
  ).filter(({ value }) => Number.isFinite(value));
  const meanOf = (part: (area: Influenced) => number): number =>
    areas.reduce((sum, area) => sum + part(area), 0) / areas.length;
  return {
    value: meanOf(({ value }) => value),
    influence: truth.map((_, row) => meanOf(({ influence }) => influence[row]!)),
  };
}
