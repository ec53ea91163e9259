/** When an alarm's condition may be judged otherwise although nothing new is measured. */
import type { Condition } from './alarm.ts';
import { EXTRA_PERIODS, MINUTE_MS, startOf } from './evaluate.ts';
import type { MetricStore } from './metric-store.ts';

/**
 * Returns the first full minute after `end` at which a value that is there moves from one period of
 * the condition to the next, or out of the last; undefined if none is left. In between, judging
 * again gives the same.
 *
 * @param end the full minute, in epoch milliseconds, up to which the condition was judged
 */
export function nextChange(
  condition: Condition,
  store: Pick<MetricStore, 'minutes'>,
  end: number,
): number | undefined {
  const start = startOf(condition, end);
  let soonest = Infinity;
  for (const { stat } of condition.queries) {
    if (stat === undefined) continue;
    const periodMs = stat.periodSeconds * 1000;
    const last = (condition.evaluationPeriods + EXTRA_PERIODS) * condition.periodSeconds * 1000;
    for (const minute of store.minutes(stat.metric, start)) {
      const seenFrom = minute + MINUTE_MS;
      const moves = Math.max(0, Math.floor((end - seenFrom) / periodMs) + 1) * periodMs;
      if (moves <= last) soonest = Math.min(soonest, seenFrom + moves);
    }
  }
  return soonest === Infinity ? undefined : soonest;
}
