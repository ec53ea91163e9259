/** A list of checks that goes on after a failure: each prints pass or fail, the time, and what was seen. */
import { statusLine, type TerminalOptions } from './terminal.ts';

/** Thrown by a check that cannot be made here, which is neither a pass nor a failure. */
export class NotHereError extends Error {
  override readonly name = 'NotHereError';
}

export interface Checklist {
  /** Makes a check; its answer is printed behind it. Returns whether it passed. */
  check(title: string, look: () => Promise<string | void>): Promise<boolean>;
  /** Titles of what failed. */
  readonly failed: readonly string[];
  /** What could not be looked at, and why. */
  readonly notHere: readonly string[];
}

/** Builds a list that nothing was checked of. */
export function createChecklist({
  write,
  elapsedMs,
}: Pick<TerminalOptions, 'write' | 'elapsedMs'>): Checklist {
  const failed: string[] = [];
  const notHere: string[] = [];
  return {
    failed,
    notHere,
    async check(title, look) {
      const start = elapsedMs();
      const tell = (mark: string, outcome: string): void =>
        write(`${statusLine(mark, title, elapsedMs() - start, outcome)}\n`);
      try {
        tell('✓', (await look()) ?? '');
        return true;
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        const here = !(cause instanceof NotHereError);
        (here ? failed : notHere).push(here ? title : `${title}: ${reason}`);
        tell(here ? '✗' : '–', reason);
        return false;
      }
    },
  };
}
