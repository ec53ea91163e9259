/** Where the region gets its time from, so that it can also run on a virtual clock. */
export interface Clock {
  now(): Date;
  /** Calls `action` once at `at` (at once if that has passed); the result cancels it. */
  at(at: Date, action: () => void): () => void;
  /**
   * Says that something is under way, until the result is called. Time that does not pass by itself
   * stands still meanwhile.
   */
  hold(): () => void;
  /**
   * Whether time passes by itself, as on any machine. Where it does not, the region's processes
   * have to be told what time it is.
   */
  readonly passes: boolean;
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
  hold: () => () => undefined,
  passes: true,
};

/** Holds the clock until the work has ended, and settles like it. */
export function holding<Result>(clock: Clock, work: Promise<Result>): Promise<Result> {
  return work.finally(clock.hold());
}

/** Starts to count milliseconds of the clock; those of the machine with their fractions. */
export function stopwatch(clock: Clock): () => number {
  if (!clock.passes) {
    const start = clock.now().getTime();
    return () => clock.now().getTime() - start;
  }
  const start = performance.now();
  return () => performance.now() - start;
}

/** Waits on the clock; ends early where the signal says so. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.at(new Date(clock.now().getTime() + ms), end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
