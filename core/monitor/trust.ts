/** When an estimate of performance is not to be believed. */
import type { QualityMetric } from '../model/definition.ts';
import { beyond } from './performance.ts';
import type { Estimated } from './estimate.ts';
import type { Measured } from './labelled/judge.ts';

/** An estimate beside what labels showed for the same rows. */
export interface Check {
  readonly estimated: Estimated;
  readonly realised: Measured;
  /** Realised less estimated, in the metric's units. */
  readonly difference: number;
  /** Whether the difference is more than chance and more than may be lost without notice. */
  readonly agrees: boolean;
}

/**
 * Compares an estimate with what labels showed. Many rows make the smallest difference certain, so
 * one counts only if it is beyond the interval and larger than half of what performance may lose.
 *
 * @param tolerated loss that the monitor allows, in the metric's units
 */
export function checkEstimate(estimated: Estimated, realised: Measured, tolerated: number): Check {
  const difference = realised.value - estimated.value;
  const outside = realised.value < estimated.low || realised.value > estimated.high;
  return {
    estimated,
    realised,
    difference,
    agrees: !outside || Math.abs(difference) <= tolerated / 2,
  };
}

export interface Doubts {
  readonly check: Check | undefined;
  /** Worst shares among the features, with what is allowed of each. */
  readonly unseenShare: number;
  readonly maximumUnseenShare: number;
  readonly missingShare: number;
  readonly maximumMissingShare: number;
}

/** Why an estimate is not to be believed, in sentences; none if it is. */
export function doubtsOf(doubts: Doubts): string[] {
  const { check, unseenShare, maximumUnseenShare, missingShare, maximumMissingShare } = doubts;
  const found: string[] = [];
  if (check === undefined) found.push('no labels have confirmed an estimate of this version yet');
  else if (!check.agrees) {
    const { estimated, realised } = check;
    found.push(
      `for the newest labelled window it said ${estimated.value.toFixed(4)}, and labels showed ${realised.value.toFixed(4)}`,
    );
  }
  if (unseenShare > maximumUnseenShare) found.push('rows have values that training never saw');
  if (missingShare > maximumMissingShare) found.push('values are missing that are usually there');
  return found;
}

/** Performance that may be lost before the monitor minds; 0 where it has no limit. */
export function toleratedLoss(
  metric: QualityMetric,
  reference: number | null,
  limit: number | null,
): number {
  return reference === null || limit === null ? 0 : Math.abs(beyond(metric, reference, limit));
}
