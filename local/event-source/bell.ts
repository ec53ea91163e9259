/** Waiting that ends early when somebody rings. */

export interface Bell {
  ring(): void;
  /** Settles after `ms`, or at once if it was rung since the last wait. */
  wait(ms: number): Promise<void>;
}

/** Creates a bell that nobody has rung. */
export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms) {
      if (!rung) {
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
    },
  };
}
