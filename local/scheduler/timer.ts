/** Fires schedules at their times, once each, on the region's clock. */
import type { Clock } from '../clock.ts';
import type { Store } from '../store.ts';
import type { ScheduleExpression } from './expression.ts';

export interface Timed {
  /** Under this name the last time is remembered. */
  readonly name: string;
  readonly expression: ScheduleExpression;
  /** Nothing is fired before or after. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  readonly fire: (scheduledAt: Date) => void;
}

/** ISO time of the last firing, by name. */
export type Fired = Store<string>;

/**
 * Arms a schedule and returns what cancels it. What the region missed while it was down is not
 * caught up, and what it fired before it went down is not fired again.
 */
export function arm(timed: Timed, clock: Clock, fired: Fired): () => void {
  let cancel: (() => void) | undefined;

  const armNext = (): void => {
    const last = fired.get(timed.name);
    const after = Math.max(
      clock.now().getTime(),
      last === undefined ? 0 : Date.parse(last),
      (timed.from?.getTime() ?? 0) - 1,
    );
    const next = timed.expression.next(new Date(after));
    if (next === undefined || (timed.until && next > timed.until)) return;
    cancel = clock.at(next, () => {
      // A timer may ring a moment early; the schedule must not fire twice for it.
      fired.set(timed.name, next.toISOString());
      timed.fire(next);
      armNext();
    });
  };
  armNext();
  return () => cancel?.();
}
