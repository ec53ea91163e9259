/** Estimated performance: how good predictions will turn out to be, before labels are there. */
import type { ReferenceProfile } from '../data/profile.ts';
import type { QualityMetric } from '../model/definition.ts';
import { standardErrorsFor } from './distributions.ts';
import type { LabelledRows } from './labelled/influence.ts';
import { CONFIDENCE } from './labelled/judge.ts';

/** Predictions without labels. */
export type Unlabelled = Omit<LabelledRows, 'labels'>;

export interface Estimated {
  readonly metric: QualityMetric;
  readonly value: number;
  /** Ends between which chance alone puts the value that labels will show. */
  readonly low: number;
  readonly high: number;
}

/**
 * Returns what a metric is expected to be if every probability means what it says: the average over
 * all labels that the probabilities allow (confidence-based performance estimation; Białek et al.,
 * Estimating model performance under covariate shift without labels, 2024). Inputs may move; what
 * they mean must not. The ends are those of chance in the labels alone.
 *
 * @returns undefined where records do not tell: values, and of several classes all but accuracy.
 * O(n), of AUC O(n log n)
 */
export function estimateOf(
  metric: QualityMetric,
  rows: Unlabelled,
  calibration?: ReferenceProfile['calibration'],
): Estimated | undefined {
  if (rows.kind === 'regression' || rows.outputs.length === 0) return undefined;
  if (rows.kind === 'multiclass' && metric !== 'accuracy') return undefined;
  const chances = rows.kind === 'binary' ? calibrated(rows.outputs, calibration) : rows.outputs;
  const expected = expectedOf(metric, rows, chances);
  if (expected === undefined || !Number.isFinite(expected.value)) return undefined;
  const reach = standardErrorsFor(CONFIDENCE) * Math.sqrt(expected.variance);
  return {
    metric,
    value: expected.value,
    low: expected.value - reach,
    high: expected.value + reach,
  };
}

interface Expected {
  readonly value: number;
  readonly variance: number;
}

function expectedOf(
  metric: QualityMetric,
  rows: Unlabelled,
  chances: Float64Array,
): Expected | undefined {
  if (metric === 'auc') return expectedArea(rows.outputs, chances);
  if (metric === 'log-loss')
    return meanOf(rows.outputs, (output, row) => {
      const chance = chances[row]!;
      const given = Math.min(1 - CERTAINTY, Math.max(CERTAINTY, output));
      const [ifPositive, ifNegative] = [-Math.log(given), -Math.log(1 - given)];
      return {
        value: chance * ifPositive + (1 - chance) * ifNegative,
        variance: chance * (1 - chance) * (ifPositive - ifNegative) ** 2,
      };
    });
  if (metric !== 'accuracy') return undefined;
  const isBinary = rows.kind === 'binary';
  return meanOf(chances, (chance, row) => {
    const right = isBinary && rows.decisions[row] === 0 ? 1 - chance : chance;
    return { value: right, variance: right * (1 - right) };
  });
}

const CERTAINTY = 1e-15;

function meanOf(values: Float64Array, expect: (value: number, row: number) => Expected): Expected {
  let [sum, variances] = [0, 0];
  for (const [row, one] of values.entries()) {
    const { value, variance } = expect(one, row);
    sum += value;
    variances += variance;
  }
  return { value: sum / values.length, variance: variances / values.length ** 2 };
}

/**
 * The chance that of a positive and a negative row, drawn as the probabilities say, the positive
 * one is ranked higher, ties counting half. Variance by Hanley and McNeil (1982), with the expected
 * numbers of both.
 */
function expectedArea(outputs: Float64Array, chances: Float64Array): Expected {
  const order = Uint32Array.from(outputs.keys()).toSorted((a, b) => outputs[a]! - outputs[b]!);
  let [positives, negatives, won] = [0, 0, 0];
  for (let at = 0; at < order.length;) {
    let [tiedPositives, tiedNegatives] = [0, 0];
    const output = outputs[order[at]!]!;
    for (; at < order.length && outputs[order[at]!] === output; at++) {
      const chance = chances[order[at]!]!;
      tiedPositives += chance;
      tiedNegatives += 1 - chance;
    }
    won += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  const area = won / (positives * negatives);
  const [both, twice] = [area / (2 - area), (2 * area ** 2) / (1 + area)];
  const spread =
    area * (1 - area) +
    (positives - 1) * (both - area ** 2) +
    (negatives - 1) * (twice - area ** 2);
  return { value: area, variance: Math.max(0, spread) / (positives * negatives) };
}

/** Bins of the holdout with fewer rows say little of what a probability means. */
const ROWS_IN_BIN = 100;

/**
 * What probabilities turned out to mean on the holdout: straight lines between the bins of its
 * reliability diagram, and as given where it has none.
 */
function calibrated(
  outputs: Float64Array,
  calibration: ReferenceProfile['calibration'] = [],
): Float64Array {
  const points = calibration.filter(({ rows }) => rows >= ROWS_IN_BIN);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return outputs;
  const meant = (output: number): number => {
    const next = points.findIndex(({ predicted }) => predicted >= output);
    const [right, left] = [points[next], points[next - 1]];
    if (right === undefined) return output + last.observed - last.predicted;
    if (left === undefined) return output + first.observed - first.predicted;
    const share = (output - left.predicted) / (right.predicted - left.predicted);
    return left.observed + share * (right.observed - left.observed);
  };
  return outputs.map((output) => Math.min(1, Math.max(0, meant(output))));
}
