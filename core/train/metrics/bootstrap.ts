/** How sure one can be that one model is better than another on rows that are only a sample. */
import type { QualityMetric } from '../../model/definition.ts';
import { likeliestClass } from './classes.ts';
import { improvementOf } from './quality.ts';

export interface Interval {
  /** Ends of the improvement, in the metric's units. */
  readonly low: number;
  readonly high: number;
  /** Share of resamples within. */
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
}

export interface Paired {
  readonly metric: QualityMetric;
  readonly truth: Float64Array;
  /** Probabilities or values, one a row. */
  readonly candidate: Float64Array;
  readonly other: Float64Array;
  readonly seed: number;
  /** @default 1000, fewer above half a million rows, whose intervals are narrow anyway */
  readonly resamples?: number;
  /** @default 0.95 */
  readonly confidence?: number;
}

/**
 * Percentile interval of how much better the candidate is, by the paired bootstrap: the same rows
 * are drawn with replacement for both models, so that what is hard about a draw is hard for both
 * (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 13.3). A draw in which the metric
 * is undefined, such as AUC of one class, is left out. Same seed, same interval.
 * O(resamples × rows)
 */
export function bootstrapImprovement({
  metric,
  truth,
  candidate,
  other,
  seed,
  resamples = resamplesFor(truth.length),
  confidence = 0.95,
}: Paired): Interval {
  const ours = measureOf(metric, truth, candidate);
  const theirs = measureOf(metric, truth, other);
  const draw = drawer(seed, truth.length);
  const improvements = Float64Array.from({ length: resamples }, () => {
    const counts = draw();
    return improvementOf(metric, ours(counts), theirs(counts));
  })
    .filter(Number.isFinite)
    .toSorted();
  const tail = ((1 - confidence) / 2) * (improvements.length - 1);
  return {
    low: improvements[Math.floor(tail)] ?? 0,
    high: improvements[Math.ceil(improvements.length - 1 - tail)] ?? 0,
    confidence,
    resamples,
    seed,
  };
}

const ROWS_IN_ALL = 5e8;

function resamplesFor(rows: number): number {
  return Math.min(1000, Math.max(200, Math.floor(ROWS_IN_ALL / Math.max(1, rows))));
}

/** A metric of rows, each counted as often as it was drawn. */
type Measure = (counts: Uint16Array) => number;

function measureOf(metric: QualityMetric, truth: Float64Array, predicted: Float64Array): Measure {
  if (metric === 'auc') return areaOf(truth, predicted);
  const losses = lossesOf(metric, truth, predicted);
  const mean: Measure = (counts) => {
    let total = 0;
    let drawn = 0;
    for (let row = 0; row < losses.length; row++) {
      total += counts[row]! * losses[row]!;
      drawn += counts[row]!;
    }
    return total / drawn;
  };
  return metric === 'rmse' ? (counts) => Math.sqrt(mean(counts)) : mean;
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
function areaOf(truth: Float64Array, predicted: Float64Array): Measure {
  const classes = predicted.length / truth.length;
  if (classes === 1) return rankedAuc(truth, predicted);
  const each = Array.from({ length: classes }, (_, at) =>
    rankedAuc(
      truth.map((value) => Number(value === at)),
      truth.map((_value, row) => predicted[row * classes + at]!),
    ),
  );
  return (counts) => {
    const areas = each.map((area) => area(counts)).filter(Number.isFinite);
    return areas.reduce((sum, area) => sum + area, 0) / areas.length;
  };
}

/** Ranks the rows once; every draw is then one walk along them. Ties count half. */
function rankedAuc(truth: Float64Array, predicted: Float64Array): Measure {
  const order = Uint32Array.from(truth.keys()).toSorted((a, b) => predicted[a]! - predicted[b]!);
  const isPositive = Uint8Array.from(order, (row) => truth[row]!);
  const endsTie = Uint8Array.from(order, (row, at) =>
    at + 1 === order.length || predicted[order[at + 1]!] !== predicted[row] ? 1 : 0,
  );
  return (counts) => {
    let [below, positives, won] = [0, 0, 0];
    let [tiedNegatives, tiedPositives] = [0, 0];
    for (let at = 0; at < order.length; at++) {
      const count = counts[order[at]!]!;
      if (isPositive[at] === 1) tiedPositives += count;
      else tiedNegatives += count;
      if (endsTie[at] === 0) continue;
      won += tiedPositives * (below + tiedNegatives / 2);
      below += tiedNegatives;
      positives += tiedPositives;
      tiedNegatives = 0;
      tiedPositives = 0;
    }
    return won / (positives * below);
  };
}

/** Draws as many rows as there are, with replacement; the counts are the same array each time. */
function drawer(seed: number, rows: number): () => Uint16Array {
  const counts = new Uint16Array(rows);
  const next = xorshift(seed);
  return () => {
    counts.fill(0);
    for (let drawn = 0; drawn < rows; drawn++) counts[Math.floor(next() * rows)]!++;
    return counts;
  };
}

/** Numbers in [0, 1) by xorshift128 (Marsaglia, Xorshift RNGs, 2003). */
function xorshift(seed: number): () => number {
  let [x, y, z, w] = [seed | 0, 362_436_069, 521_288_629, 88_675_123];
  const next = (): number => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ (t ^ (t >>> 8));
    return (w >>> 0) / 2 ** 32;
  };
  // Seeds that differ by little start alike.
  for (let warm = 0; warm < 20; warm++) next();
  return next;
}
