/** Where the region gets its time from, so that it can also run on a virtual clock. */
export interface Clock {
  now(): Date;
  /** Calls `action` once at `at` (at once if that has passed); the result cancels it. */
  at(at: Date, action: () => void): () => void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The time of this machine. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  at(at, action) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const waitMs = Math.max(0, at.getTime() - Date.now());
      // Node fires at once when asked to wait longer than a 32-bit count of milliseconds.
      timer = setTimeout(
        waitMs > LONGEST_TIMER_MS ? arm : action,
        Math.min(waitMs, LONGEST_TIMER_MS),
      );
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
