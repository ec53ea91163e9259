/** The gate: whether a new version is good enough to become champion. */
import type { Gate, QualityMetric } from '../model/definition.ts';
import { HIGHER_IS_BETTER } from '../train/metrics/quality.ts';

export interface GateInput {
  /** The gate's metric on the same holdout rows. */
  readonly candidate: number;
  readonly baseline: number;
  /** Absent where there is no champion yet, or it cannot be measured on these rows. */
  readonly champion?: { readonly version: number; readonly value: number };
}

/** One thing to beat, with the numbers. */
export interface Comparison {
  readonly with: string;
  readonly value: number;
  /** How much better the candidate is; negative if it is worse. */
  readonly improvement: number;
  readonly needed: number;
  readonly passed: boolean;
}

export interface GateDecision {
  readonly metric: QualityMetric;
  readonly candidate: number;
  readonly comparisons: readonly Comparison[];
  readonly passed: boolean;
  /** One sentence for the history. */
  readonly reason: string;
}

/** How much better a value is than another one, in the metric's units. */
export function improvementOf(metric: QualityMetric, value: number, over: number): number {
  return HIGHER_IS_BETTER[metric] ? value - over : over - value;
}

/**
 * Decides. A version passes if it beats everything it is compared with by the declared margin,
 * and never by being merely equal to it.
 */
export function decideGate(gate: Required<Gate>, input: GateInput): GateDecision {
  const { candidate, baseline, champion } = input;
  const compare = (name: string, value: number, needed: number): Comparison => {
    const improvement = improvementOf(gate.metric, candidate, value);
    return {
      with: name,
      value,
      improvement,
      needed,
      passed: improvement > 0 && improvement >= needed,
    };
  };
  const comparisons = [
    compare('the baseline model', baseline, gate.beatBaselineBy),
    ...(champion
      ? [compare(`champion ${champion.version}`, champion.value, gate.beatChampionBy)]
      : []),
  ];
  const passed = comparisons.every((comparison) => comparison.passed);
  const told = comparisons.map(
    ({ with: name, value, needed, passed: beaten }) =>
      `${beaten ? 'beats' : 'does not beat'} ${name} (${value.toFixed(4)}) by ${needed}`,
  );
  const reason = `${gate.metric} ${candidate.toFixed(4)} ${told.join(' and ')}`;
  return { metric: gate.metric, candidate, comparisons, passed, reason };
}
