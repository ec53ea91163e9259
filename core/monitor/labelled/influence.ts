/** Metrics as a value and what each row did to it, from which intervals follow. */
import type { QualityMetric, Target } from '../../model/definition.ts';

/** Predictions whose labels are in. */
export interface LabelledRows {
  readonly kind: Target['kind'];
  /** 0 or 1; the value; or the class's place in the declaration. */
  readonly labels: Float64Array;
  /**
   * Probability of the positive class; the value; or, of several classes, the probability of the
   * one that was predicted, which is all that a record keeps.
   */
  readonly outputs: Float64Array;
  /** What was decided: 0 or 1; the value; or the place of the predicted class. */
  readonly decisions: Float64Array;
}

export type LabelledMetric = QualityMetric | 'brier';

/** Metrics that the records of a target tell, the most telling first. */
export const METRICS_OF: Readonly<Record<Target['kind'], readonly LabelledMetric[]>> = {
  binary: ['auc', 'log-loss', 'brier', 'accuracy'],
  regression: ['rmse', 'mae'],
  multiclass: ['accuracy'],
};

/**
 * A metric and the influence of each row on it: the metric's variance is the sum of their squares,
 * that of a difference on the same rows the sum of the squared differences (Efron and Tibshirani,
 * An Introduction to the Bootstrap, 1993, 21). NaN where the metric is undefined.
 */
export interface Influenced {
  readonly value: number;
  readonly influence: Float64Array;
}

/** O(n), of AUC O(n log n) */
export function influenceOn(metric: LabelledMetric, rows: LabelledRows): Influenced {
  if (metric === 'auc') return ofArea(rows.labels, rows.outputs);
  return metric === 'rmse' ? ofRoot(losses(metric, rows)) : ofMean(losses(metric, rows));
}

const CERTAINTY = 1e-15;

function losses(metric: Exclude<LabelledMetric, 'auc'>, rows: LabelledRows): Float64Array {
  const { labels, outputs, decisions } = rows;
  switch (metric) {
    case 'log-loss':
      return labels.map((label, row) => {
        const given = label === 1 ? outputs[row]! : 1 - outputs[row]!;
        return -Math.log(Math.min(1 - CERTAINTY, Math.max(CERTAINTY, given)));
      });
    case 'accuracy':
      return labels.map((label, row) => Number(label === decisions[row]));
    case 'mae':
      return labels.map((label, row) => Math.abs(label - outputs[row]!));
    case 'brier':
    case 'rmse':
      return labels.map((label, row) => (label - outputs[row]!) ** 2);
    default:
      return metric satisfies never;
  }
}

/** The mean of what each row adds. */
export function ofMean(values: Float64Array): Influenced {
  const rows = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / rows;
  return { value: mean, influence: values.map((value) => (value - mean) * scaleOf(rows)) };
}

/** The root of the mean, by the delta method: its slope is half of its inverse. */
export function ofRoot(values: Float64Array): Influenced {
  const { value, influence } = ofMean(values);
  const root = Math.sqrt(value);
  return { value: root, influence: influence.map((of) => (root > 0 ? of / (2 * root) : 0)) };
}

/** So that squares add up to the unbiased variance of a mean. */
function scaleOf(rows: number): number {
  return 1 / Math.sqrt(rows * Math.max(1, rows - 1));
}

/**
 * AUC with the variance of DeLong, DeLong and Clarke-Pearson (Comparing the areas under two or
 * more correlated receiver operating characteristic curves, 1988): each row's placement among the
 * rows of the other class, ties counting half.
 */
export function ofArea(labels: Float64Array, outputs: Float64Array): Influenced {
  const positives = outputs.filter((_, row) => labels[row] === 1).toSorted();
  const negatives = outputs.filter((_, row) => labels[row] !== 1).toSorted();
  const placements = labels.map((label, row) => {
    const output = outputs[row]!;
    return label === 1 ? shareBelow(negatives, output) : 1 - shareBelow(positives, output);
  });
  let won = 0;
  for (const [row, placement] of placements.entries()) if (labels[row] === 1) won += placement;
  const value = positives.length > 0 && negatives.length > 0 ? won / positives.length : Number.NaN;
  const [ofPositive, ofNegative] = [scaleOf(positives.length), scaleOf(negatives.length)];
  return {
    value,
    influence: placements.map(
      (placement, row) => (placement - value) * (labels[row] === 1 ? ofPositive : ofNegative),
    ),
  };
}

/** Of sorted values; ties count half. */
function shareBelow(sorted: Float64Array, value: number): number {
  const below = rankOf(sorted, value, false);
  return (below + rankOf(sorted, value, true)) / 2 / sorted.length;
}

/** How many of the sorted values are below one, or below it and equal. */
function rankOf(sorted: Float64Array, value: number, withEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle]!;
    if (at < value || (withEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
