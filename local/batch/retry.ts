/** Whether a failed attempt is followed by another. */
import type { ExitRule, RetryStrategy } from './job.ts';

/** How an attempt ended. */
export interface Ending {
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  readonly statusReason: string;
}

/**
 * Decides as AWS Batch does: the first rule whose globs all match says RETRY or EXIT; where no rule
 * matches the job is retried; never beyond the attempts of the strategy.
 *
 * @param attemptsMade how often the job has run, the failed attempt included
 */
export function mayRetry(strategy: RetryStrategy, attemptsMade: number, ending: Ending): boolean {
  if (attemptsMade >= strategy.attempts) return false;
  const rule = strategy.evaluateOnExit.find((candidate) => ruleMatches(candidate, ending));
  return rule?.action !== 'EXIT';
}

function ruleMatches(rule: ExitRule, ending: Ending): boolean {
  const pairs = [
    [rule.onExitCode, ending.exitCode?.toString()],
    [rule.onReason, ending.reason],
    [rule.onStatusReason, ending.statusReason],
  ] as const;
  return pairs.every(([glob, text]) => glob === undefined || globMatches(glob, text ?? ''));
}

/** A glob of Batch: letters in any case, and a `*` at the end for any rest. */
function globMatches(glob: string, text: string): boolean {
  const wanted = glob.toLowerCase();
  const given = text.toLowerCase();
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted;
}
