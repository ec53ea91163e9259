/** Performance: how good the predictions of a window were, by the labels that have come. */
import type { ModelDefinition, QualityMetric } from '../model/definition.ts';
import type { CompleteMonitors } from '../model/monitors.ts';
import { calibrationOf, type Calibration } from './labelled/calibration.ts';
import type { LabelledRows } from './labelled/influence.ts';
import {
  compareLabelled,
  isBetterHigher,
  type Comparison,
  type Measured,
  measuredOf,
  measureLabelled,
} from './labelled/judge.ts';
import type { LabelCounts } from './labelled/labels.ts';

/** How many labels were in for the predictions of one window. */
export interface Coverage {
  /** `[from, to)`, ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  /** Of the version that is judged. */
  readonly predictions: number;
  readonly labelled: number;
}

export interface SliceResult {
  readonly feature: string;
  readonly value: string;
  readonly labels: number;
  readonly measured: Measured;
  /** Whether it is surely worse than the limit, with account of how many slices there are. */
  readonly worse: boolean;
}

export interface Performance {
  readonly metric: QualityMetric;
  /** Absent while it cannot be measured. */
  readonly measured?: Measured;
  /** Of the version on the holdout; null where it was not measured there. */
  readonly reference: number | null;
  /** Worst value that is still good enough; null where there is nothing to go by. */
  readonly limit: number | null;
  /** Better than the baseline model by so much, on the same rows. */
  readonly overBaseline?: Comparison;
  /** Every metric that the labels tell. */
  readonly metrics: readonly Measured[];
  readonly calibration?: Calibration;
  readonly slices: readonly SliceResult[];
  readonly labels: number;
  /** The newest window first; the last one is the one that is judged. */
  readonly coverage: readonly Coverage[];
  readonly arrived: LabelCounts;
  /** How far even the good end of the interval is beyond the limit; above 0 it is surely worse. */
  readonly shortfall: number | null;
  readonly good: boolean;
  /** Why there is no verdict, where there is none. */
  readonly notJudged?: string;
}

export interface LabelledSlices {
  readonly rows: LabelledRows;
  /** What the baseline model would have said; absent where none is kept. */
  readonly baseline?: LabelledRows;
  /** Rows by feature and value. */
  readonly slices: readonly {
    readonly feature: string;
    readonly value: string;
    readonly rows: LabelledRows;
  }[];
}

export interface PerformanceInput {
  readonly monitors: Pick<ModelDefinition['monitors'], 'performance'>;
  readonly reference: Readonly<Record<string, number>>;
  readonly labelled: LabelledSlices;
  readonly coverage: readonly Coverage[];
  readonly arrived: LabelCounts;
}

/** Judges the declared metric, and measures all that the labels tell. */
export function performanceOf(input: PerformanceInput): Performance {
  const { monitors, reference, labelled, coverage, arrived } = input;
  const { rows, baseline } = labelled;
  const { metric } = monitors.performance;
  const measured = measuredOf(metric, rows);
  const limit = limitOf(monitors.performance, reference[metric]);
  const overBaseline =
    baseline && compareLabelled({ metric, challenger: rows, champion: baseline, paired: true });
  const labels = rows.labels.length;
  const notJudged = reasonNotToJudge(monitors.performance, labels, measured, limit);
  const shortfall = notJudged === undefined ? shortfallOf(measured, limit, overBaseline) : null;
  const calibration = rows.kind === 'binary' ? calibrationOf(rows.labels, rows.outputs) : undefined;
  return {
    metric,
    ...(measured && { measured }),
    reference: reference[metric] ?? null,
    limit,
    ...(overBaseline && { overBaseline }),
    metrics: measureLabelled(rows),
    ...(calibration && { calibration }),
    slices: slicesOf(labelled.slices, metric, limit, monitors.performance.minimumLabels),
    labels,
    coverage,
    arrived,
    shortfall,
    good: shortfall === null || shortfall <= 0,
    ...(notJudged !== undefined && { notJudged }),
  };
}

/** Share by which a metric without ends may be worse than on the holdout. */
const USUAL_LOSS = { ofArea: 0.05, ofOthers: 0.1 } as const;

/** The declared limit, and what the holdout allows, whichever is nearer. */
export function limitOf(
  { metric, limit, maximumLoss }: CompleteMonitors['performance'],
  reference: number | undefined,
): number | null {
  const isHigher = isBetterHigher(metric);
  const usual = isHigher ? USUAL_LOSS.ofArea : USUAL_LOSS.ofOthers * (reference ?? 0);
  const loss = maximumLoss ?? (limit === undefined ? usual : undefined);
  const allowed =
    reference === undefined || loss === undefined
      ? undefined
      : reference + (isHigher ? -loss : loss);
  const limits = [limit, allowed].filter((one) => one !== undefined);
  if (limits.length === 0) return null;
  return isHigher ? Math.max(...limits) : Math.min(...limits);
}

/** How far a value is beyond a limit, in the metric's units; negative where it is good enough. */
export function beyond(metric: QualityMetric, value: number, limit: number): number {
  return isBetterHigher(metric) ? limit - value : value - limit;
}

function goodEndOf({ metric, low, high }: Measured): number {
  return isBetterHigher(metric) ? high : low;
}

/** A model is too bad if it surely misses the limit, or surely knows less than the baseline. */
function shortfallOf(
  measured: Measured | undefined,
  limit: number | null,
  overBaseline: Comparison | undefined,
): number | null {
  if (measured === undefined || limit === null) return null;
  const { metric } = measured;
  const missed = metric === 'brier' ? 0 : beyond(metric, goodEndOf(measured), limit);
  return overBaseline === undefined ? missed : Math.max(missed, -overBaseline.high);
}

function reasonNotToJudge(
  { metric, minimumLabels }: CompleteMonitors['performance'],
  labels: number,
  measured: Measured | undefined,
  limit: number | null,
): string | undefined {
  if (labels < minimumLabels) return `${labels} labels are in, and ${minimumLabels} are needed`;
  if (measured === undefined) return `${metric} is not defined for these labels`;
  return limit === null
    ? `${metric} was not measured on a holdout; declare monitors.performance.limit`
    : undefined;
}

/** The fewer labels a slice has, the surer it must be; Bonferroni holds all of them together. */
function slicesOf(
  slices: LabelledSlices['slices'],
  metric: QualityMetric,
  limit: number | null,
  minimumLabels: number,
): SliceResult[] {
  const confidence = 1 - 0.05 / Math.max(1, slices.length);
  return slices.flatMap(({ feature, value, rows }) => {
    const measured = measuredOf(metric, rows, confidence);
    if (measured === undefined) return [];
    const labels = rows.labels.length;
    const worse =
      limit !== null &&
      labels * 10 >= minimumLabels &&
      beyond(metric, goodEndOf(measured), limit) > 0;
    return [{ feature, value, labels, measured, worse }];
  });
}
