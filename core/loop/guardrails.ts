/** What sends a version back while it is tried: worse than the champion, or it owes answers. */
import type { Guardrails, TrafficStep } from '../model/rollout.ts';
import { type Comparison, isBetterHigher } from '../monitor/labelled/judge.ts';
import { signed } from './words.ts';

/** What its predictions and their labels tell about a version since it was given traffic. */
export interface Evidence {
  /** Labelled predictions of the version. */
  readonly labels: number;
  /** How it compares, with the confidence that an end of a step is decided by. */
  readonly comparison?: Comparison;
  /** The same with the confidence that stops a step early. */
  readonly early?: Comparison;
  /** Predictions of the version, and of the champion in the same time. */
  readonly predictions: number;
  readonly usual: number;
  /** Predictions that were the version's to make, and those of them that it did not make. */
  readonly due: number;
  readonly owed: number;
  /** An alarm that began to ring meanwhile, in words. */
  readonly alarm?: string;
}

/** Of an end of a step: a difference that is more than chance. */
export const CONFIDENCE_AT_END = 0.95;

/**
 * Of every look before: so rarely reached by chance that looking each hour costs nothing (Haybittle,
 * Repeated assessment of results in clinical trials of cancer treatment, 1971; Peto et al., 1976).
 */
export const CONFIDENCE_BEFORE = 0.999;

/** Fewest labels that a step is stopped early by; with less, normal intervals are not to be believed. */
const LABELS_TO_STOP_BY = 100;

/** How many standard errors above what is allowed tell a habit from an accident. */
const STANDARD_ERRORS = 3;

/** Returns why a version has to go back; undefined while nothing speaks against it. */
export function breachOf(
  evidence: Evidence | undefined,
  { margin, maximumErrorShare }: Required<Pick<Guardrails, 'margin' | 'maximumErrorShare'>>,
  { isOver, minimumLabels }: Pick<Required<TrafficStep>, 'minimumLabels'> & { isOver: boolean },
): string | undefined {
  if (evidence === undefined) return undefined;
  const { labels, comparison, early } = evidence;
  const silence = silenceOf(evidence, maximumErrorShare, isOver);
  if (silence !== undefined) return silence;
  const isEnough = isOver && labels >= minimumLabels;
  const judged = isEnough ? comparison : labels >= LABELS_TO_STOP_BY ? early : undefined;
  if (judged === undefined || judged.high >= -margin) return undefined;
  return `${tellComparison(judged)}, so it is worse by more than ${margin}`;
}

/** Of AUC and accuracy, and the share of what the champion has of others. */
const USUAL_TOLERANCE = { ofArea: 0.02, ofOthers: 0.05 } as const;

/** Whether labels tell that a version is not much worse; one that is worse has been sent back. */
export function isSure(
  comparison: Comparison | undefined,
  { tolerance }: Pick<Guardrails, 'tolerance'>,
): boolean {
  if (comparison === undefined) return false;
  const { metric, champion, low } = comparison;
  const usual = isBetterHigher(metric)
    ? USUAL_TOLERANCE.ofArea
    : USUAL_TOLERANCE.ofOthers * champion;
  return low >= -(tolerance ?? usual);
}

/** What it did not answer, whatever labels say of the rest. */
function silenceOf(
  { due, owed, predictions, usual, alarm }: Evidence,
  maximumErrorShare: number,
  isOver: boolean,
): string | undefined {
  if (alarm !== undefined) return alarm;
  if (isOver && predictions === 0 && usual > 0) {
    return `it predicted nothing, and the champion ${usual} times`;
  }
  const accidents = Math.sqrt(due * maximumErrorShare * (1 - maximumErrorShare));
  if (owed > due * maximumErrorShare + STANDARD_ERRORS * accidents) {
    return `it owes ${owed} of ${due} predictions, and ${maximumErrorShare} of them are allowed`;
  }
  return undefined;
}

/** 'auc 0.7012 against 0.7240 (-0.0228, interval -0.0310 to -0.0146, paired)'. */
export function tellComparison(of: Comparison): string {
  const { metric, challenger, champion, improvement, low, high, paired } = of;
  return (
    `${metric} ${challenger.toFixed(4)} against the champion's ${champion.toFixed(4)} ` +
    `(${signed(improvement)}, interval ${signed(low)} to ${signed(high)}` +
    `${paired ? ', on the same rows' : ''})`
  );
}
