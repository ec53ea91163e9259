/** A clock whose time goes on only when it is told to, and only while nothing is under way. */
import type { Clock } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** In so many turns of the event loop whatever one event sets off has been heard of. */
const QUIET_TURNS = 3;

export class VirtualClock implements Clock {
  readonly passes = false;
  /** By time; those of the same time in the order in which they were set. */
  readonly #timers: Timer[] = [];
  #now: number;
  #held = 0;
  #onFree: (() => void) | undefined;

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  at(at: Date, action: () => void): () => void {
    const timer = { at: at.getTime(), action };
    const later = this.#timers.findIndex((other) => other.at > timer.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      const place = this.#timers.indexOf(timer);
      if (place >= 0) this.#timers.splice(place, 1);
    };
  }

  hold(): () => void {
    this.#held += 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#held -= 1;
      if (this.#held > 0) return;
      this.#onFree?.();
      this.#onFree = undefined;
    };
  }

  /** Settles when nothing is under way. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS;) {
      if (this.#held > 0) {
        turns = 0;
        await new Promise<void>((resolve) => {
          this.#onFree = resolve;
        });
      } else {
        turns += 1;
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    }
  }

  /**
   * Moves on to a moment. Timers fire at their times on the way, one after the other, each when
   * all that the one before set off has ended; so the order of things does not depend on how fast
   * the machine is.
   */
  async advanceTo(moment: Date): Promise<void> {
    const end = moment.getTime();
    for (;;) {
      await this.quiet();
      const [next] = this.#timers;
      if (next === undefined || next.at > end) break;
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.at);
      next.action();
    }
    this.#now = Math.max(this.#now, end);
  }

  /**
   * Makes `Date.now()` of this process give this clock's time, for libraries that cannot be handed
   * a clock; the result ends that.
   */
  rule(): () => void {
    const machine = Date.now;
    Date.now = () => this.#now;
    return () => {
      Date.now = machine;
    };
  }
}
