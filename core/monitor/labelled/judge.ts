/** How good predictions were by their labels, and which of two versions was better. */
import { normalTail, standardErrorsFor } from '../distributions.ts';
import { HIGHER_IS_BETTER } from '../../train/metrics/quality.ts';
import {
  influenceOn,
  METRICS_OF,
  type Influenced,
  type LabelledMetric,
  type LabelledRows,
} from './influence.ts';

/** A measured metric; its ends hold the true value with the asked confidence. */
export interface Measured {
  readonly metric: LabelledMetric;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const CONFIDENCE = 0.95;

/**
 * Measures every metric that the rows' target knows, with normal intervals: of AUC by DeLong, of
 * means by their standard error, of RMSE by the delta method. Metrics that the rows leave
 * undefined, such as AUC of one class, are left out. O(n log n)
 */
export function measureLabelled(rows: LabelledRows, confidence = CONFIDENCE): Measured[] {
  return METRICS_OF[rows.kind].flatMap((metric) => {
    const measured = measuredOf(metric, rows, confidence);
    return measured === undefined ? [] : [measured];
  });
}

/** One metric of the rows; undefined where they leave it so, and for one that has no rows. */
export function measuredOf(
  metric: LabelledMetric,
  rows: LabelledRows,
  confidence = CONFIDENCE,
): Measured | undefined {
  if (rows.labels.length === 0 || !METRICS_OF[rows.kind].includes(metric)) return undefined;
  const { value, influence } = influenceOn(metric, rows);
  if (!Number.isFinite(value)) return undefined;
  const reach = standardErrorsFor(confidence) * Math.sqrt(squaresOf(influence));
  return { metric, value, ...within(metric, value - reach, value + reach) };
}

/** An interval goes no farther than the metric can. */
function within(metric: LabelledMetric, low: number, high: number): { low: number; high: number } {
  const most = metric === 'auc' || metric === 'accuracy' || metric === 'brier' ? 1 : Infinity;
  return { low: Math.max(0, low), high: Math.min(most, high) };
}

/** How much better a challenger is than the champion. */
export interface Comparison {
  readonly metric: LabelledMetric;
  readonly challenger: number;
  readonly champion: number;
  /** In the metric's units; positive where the challenger is better. */
  readonly improvement: number;
  readonly low: number;
  readonly high: number;
  /** Chance of a difference at least as large, either way, were both equally good. */
  readonly pValue: number;
  /** Labelled rows of each. */
  readonly rows: { readonly challenger: number; readonly champion: number };
  readonly paired: boolean;
}

export interface Rivals {
  readonly metric: LabelledMetric;
  readonly challenger: LabelledRows;
  readonly champion: LabelledRows;
  /**
   * Whether row i of both is the same id, as of a shadow, so that what is hard about a row is hard
   * for both. A canary answers other rows than the champion does.
   */
  readonly paired: boolean;
  /** @default 0.95 */
  readonly confidence?: number;
}

/**
 * Compares two versions on labelled rows; undefined where the metric is undefined on either's.
 *
 * @throws {RangeError} if paired rows are not as many on both sides
 */
export function compareLabelled(rivals: Rivals): Comparison | undefined {
  const { metric, challenger, champion, paired, confidence = CONFIDENCE } = rivals;
  const rows = { challenger: challenger.labels.length, champion: champion.labels.length };
  if (paired && rows.challenger !== rows.champion) {
    throw new RangeError(
      `challenger has ${rows.challenger} rows and champion ${rows.champion}; ` +
        'hand in the rows of the same ids in the same order, or compare them unpaired',
    );
  }
  if (rows.challenger === 0 || rows.champion === 0) return undefined;
  const [theirs, own] = [influenceOn(metric, champion), influenceOn(metric, challenger)];
  const difference = (own.value - theirs.value) * (isBetterHigher(metric) ? 1 : -1);
  if (!Number.isFinite(difference)) return undefined;
  const error = Math.sqrt(varianceOfDifference(own, theirs, paired));
  const reach = standardErrorsFor(confidence) * error;
  return {
    metric,
    challenger: own.value,
    champion: theirs.value,
    improvement: difference,
    low: difference - reach,
    high: difference + reach,
    pValue: error > 0 ? normalTail(difference / error) : Number(difference === 0),
    rows,
    paired,
  };
}

function varianceOfDifference(own: Influenced, theirs: Influenced, paired: boolean): number {
  if (!paired) return squaresOf(own.influence) + squaresOf(theirs.influence);
  return squaresOf(own.influence.map((of, row) => of - theirs.influence[row]!));
}

export function isBetterHigher(metric: LabelledMetric): boolean {
  return metric !== 'brier' && HIGHER_IS_BETTER[metric];
}

function squaresOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
