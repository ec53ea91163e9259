/** Performance: how good the predictions of a window were, by the labels that have come. */
import type { ModelDefinition, QualityMetric, Target } from '../model/definition.ts';
import { HIGHER_IS_BETTER, qualityOf } from '../train/metrics/quality.ts';

type PerformanceLimit = ModelDefinition['monitors']['performance'] & { readonly limit: number };

export interface Performance {
  readonly metric: QualityMetric;
  /** Null while it cannot be measured. */
  readonly value: number | null;
  /** Of the version on the holdout. */
  readonly reference: number | null;
  readonly limit: number;
  readonly good: boolean;
  readonly labels: number;
  /** Why there is no verdict, where there is none. */
  readonly notJudged?: string;
}

/** Compares the declared metric with its limit; undefined if none is declared. */
export function performanceOf(
  declared: ModelDefinition['monitors']['performance'],
  { labels, outputs }: { readonly labels: Float64Array; readonly outputs: Float64Array },
  reference: Readonly<Record<string, number>>,
  kind: Target['kind'],
): Performance | undefined {
  if (declared.limit === undefined) return undefined;
  const limit = { ...declared, limit: declared.limit };
  const measured =
    labels.length === 0
      ? Number.NaN
      : (qualityOf(kind, labels, outputs)[limit.metric] ?? Number.NaN);
  const notJudged = reasonNotToJudge(limit, labels.length, measured);
  return {
    metric: limit.metric,
    value: Number.isFinite(measured) ? measured : null,
    reference: reference[limit.metric] ?? null,
    limit: limit.limit,
    good: notJudged !== undefined || isGoodEnough(limit, measured),
    labels: labels.length,
    ...(notJudged !== undefined && { notJudged }),
  };
}

function reasonNotToJudge(
  { metric, minimumLabels }: Pick<PerformanceLimit, 'metric' | 'minimumLabels'>,
  labels: number,
  measured: number,
): string | undefined {
  if (labels < minimumLabels) return `${labels} labels are in, and ${minimumLabels} are needed`;
  return Number.isFinite(measured) ? undefined : `${metric} is not defined for these labels`;
}

function isGoodEnough({ metric, limit }: PerformanceLimit, measured: number): boolean {
  return HIGHER_IS_BETTER[metric] ? measured >= limit : measured <= limit;
}
