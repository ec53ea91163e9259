/** Waiting that ends early when somebody rings. */
import type { Clock } from '../clock.ts';

/** The bell of one who is at work from its making on, which holds the clock, or waits for a ring. */
export interface Bell {
  ring(): void;
  /** Settles after `ms` of this machine's time, or at once if it was rung since the last wait. */
  wait(ms: number): Promise<void>;
  /** Says that whoever would wait here has nothing to do, until it is rung or waits again. */
  rest(): void;
  /** Says that there is something to do again. */
  work(): void;
}

/** Creates a bell that nobody has rung. */
export function createBell(clock: Pick<Clock, 'hold'>): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  let release: (() => void) | undefined = clock.hold();
  const bell: Bell = {
    ring() {
      rung = true;
      bell.work();
      wake?.();
    },
    async wait(ms) {
      if (!rung) {
        bell.rest();
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
      bell.work();
    },
    rest() {
      release?.();
      release = undefined;
    },
    work() {
      release ??= clock.hold();
    },
  };
  return bell;
}
