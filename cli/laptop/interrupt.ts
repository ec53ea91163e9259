/** Ctrl-C and kill, as a promise. */

/** Settles when somebody asks this process to end; until then it keeps running on. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** Waits for work. @throws {Error} if the process is asked to end before that */
export async function unlessInterrupted<Result>(
  work: Promise<Result>,
  interrupted: Promise<void>,
  message = 'stopped before it was done; what was done is kept',
): Promise<Result> {
  return Promise.race([
    work,
    interrupted.then(() => {
      throw new Error(message);
    }),
  ]);
}
