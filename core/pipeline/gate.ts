/** The gate: whether a new version is good enough to become champion. */
import { signed } from '../loop/words.ts';
import type { Gate, QualityMetric } from '../model/definition.ts';
import { improvementOf } from '../train/metrics/quality.ts';
import type { Interval } from './improvement.ts';

/** What the candidate is compared with: the gate's metric on the same holdout rows. */
export interface Rival {
  readonly value: number;
  /** Of the candidate's improvement over it. */
  readonly interval?: Interval;
  /** The candidate's own value, where it is measured on fewer rows here. */
  readonly candidate?: number;
  /** What is to be known of the comparison. */
  readonly note?: string;
}

export interface GateInput {
  readonly candidate: number;
  readonly baseline: Rival;
  /** Absent where there is no champion yet, or it cannot be measured on these rows. */
  readonly champion?: Rival & { readonly version: number };
}

/** One thing to beat, with the numbers. */
export interface Comparison {
  readonly with: string;
  readonly value: number;
  /** How much better the candidate is; negative if it is worse. */
  readonly improvement: number;
  readonly needed: number;
  /** What the improvement is with some certainty. */
  readonly interval?: Interval;
  /** What is to be known of it. */
  readonly note?: string;
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

/**
 * Decides. A version passes if it beats everything it is compared with by the declared margin,
 * and by more than chance would: the interval of its improvement must not hold zero.
 */
export function decideGate(gate: Required<Gate>, input: GateInput): GateDecision {
  const { candidate, baseline, champion } = input;
  const compare = (name: string, rival: Rival, needed: number): Comparison => {
    const { value, interval, note } = rival;
    const improvement = improvementOf(gate.metric, rival.candidate ?? candidate, value);
    const isSure = interval === undefined || interval.low > 0;
    return {
      with: name,
      value,
      improvement,
      needed,
      ...(interval && { interval }),
      ...(note !== undefined && { note }),
      passed: improvement > 0 && improvement >= needed && isSure,
    };
  };
  const comparisons = [
    compare('the baseline model', baseline, gate.beatBaselineBy),
    ...(champion ? [compare(`champion ${champion.version}`, champion, gate.beatChampionBy)] : []),
  ];
  const passed = comparisons.every((comparison) => comparison.passed);
  const reason = `${gate.metric} ${candidate.toFixed(4)} ${comparisons.map(tell).join(' and ')}`;
  return { metric: gate.metric, candidate, comparisons, passed, reason };
}

function tell(comparison: Comparison): string {
  const { with: name, value, needed, interval, improvement, passed, note } = comparison;
  const verdict = passed ? 'beats' : 'does not beat';
  const sureness =
    interval === undefined
      ? ''
      : ` (${signed(improvement)}, ${interval.confidence * 100} % interval ` +
        `${signed(interval.low)} to ${signed(interval.high)})`;
  const told = `${verdict} ${name} (${value.toFixed(4)}) by ${needed}${sureness}`;
  return note === undefined ? told : `${told}, ${note}`;
}
