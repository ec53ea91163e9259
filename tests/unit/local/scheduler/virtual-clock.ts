/** A clock that a test moves. */
import type { Clock } from '../../../../local/clock.ts';

export interface VirtualClock extends Clock {
  /** Moves on, calling what falls due on the way in order of time. */
  advanceTo(time: string): void;
}

export function createVirtualClock(start: string): VirtualClock {
  let now = Date.parse(start);
  const waiting = new Set<{ readonly at: number; readonly action: () => void }>();
  return {
    passes: false,
    hold: () => () => undefined,
    now: () => new Date(now),
    at(at, action) {
      const entry = { at: at.getTime(), action };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    advanceTo(time) {
      const end = Date.parse(time);
      for (;;) {
        const [due] = [...waiting].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (due === undefined) break;
        waiting.delete(due);
        now = Math.max(now, due.at);
        due.action();
      }
      now = end;
    },
  };
}
