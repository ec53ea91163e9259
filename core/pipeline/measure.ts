/** Measures, without those that are undefined for the rows at hand. */
import type { Target } from '../model/definition.ts';
import { qualityOf } from '../train/metrics/quality.ts';

/** Measured values by name; what is undefined, such as AUC of one class, is left out. */
export type Metrics = Readonly<Record<string, number>>;

export function measure(
  kind: Target['kind'],
  labels: Float64Array,
  outputs: Float64Array,
): Metrics {
  const measured = Object.entries(qualityOf(kind, labels, outputs));
  return Object.fromEntries(measured.filter(([, value]) => Number.isFinite(value)));
}

/** The same values under longer names, such as 'baseline.auc'. */
export function prefixed(prefix: string, metrics: Metrics = {}): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}
