/** How the command line speaks: what happened, how long it took, where to look next. */

export interface Terminal {
  /** Prints lines as they are. */
  say(text?: string): void;
  /**
   * Runs a piece of work under a title; prints how long it took and, in a word, what came of it.
   * The work reports progress as it goes.
   */
  step<Result>(
    title: string,
    work: Work<Result>,
    outcome?: (result: Result) => string,
  ): Promise<Result>;
}

export type Report = (progress: string) => void;
type Work<Result> = (report: Report) => Promise<Result>;

export interface TerminalOptions {
  readonly write: (text: string) => void;
  /** Monotonic time in milliseconds. */
  readonly elapsedMs: () => number;
  /** Whether lines can be rewritten in place. */
  readonly interactive: boolean;
}

const TITLE_WIDTH = 38;
/** Progress comes at most so often where each line stays. */
const QUIET_MS = 2000;

/** Builds a terminal over a way to write text. */
export function createTerminal({ write, elapsedMs, interactive }: TerminalOptions): Terminal {
  const clear = interactive ? '\r\u001B[2K' : '';

  async function step<Result>(
    title: string,
    work: Work<Result>,
    outcome: (result: Result) => string = () => '',
  ): Promise<Result> {
    const start = elapsedMs();
    let last = '';
    let lastAt = start;
    const report: Report = (progress) => {
      const at = elapsedMs();
      if (progress === last || (!interactive && at - lastAt < QUIET_MS)) return;
      last = progress;
      lastAt = at;
      const now = statusLine('…', title, at - start, progress);
      write(interactive ? `${clear}${now.slice(0, 110)}` : `${now}\n`);
    };
    if (interactive) report('');
    try {
      const result = await work(report);
      write(`${clear}${statusLine('✓', title, elapsedMs() - start, outcome(result))}\n`);
      return result;
    } catch (error) {
      write(`${clear}${statusLine('✗', title, elapsedMs() - start, '')}\n`);
      throw error;
    }
  }

  return { say: (words = '') => write(`${words}\n`), step };
}

/** One line about a piece of work: a mark, its title, how long it took, what came of it. */
export function statusLine(mark: string, title: string, ms: number, outcome: string): string {
  return `  ${mark} ${title.padEnd(TITLE_WIDTH)} ${seconds(ms)}   ${outcome}`.trimEnd();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`.padStart(8);
}

/** Lays rows out in columns; numbers stand to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = [head, ...rows.map((row) => row.map(cellText))];
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const right = head.map((_, at) => rows.every((row) => typeof row[at] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, at) =>
          right[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

function cellText(value: string | number): string {
  return typeof value === 'number' ? count(value) : value;
}

/** Writes a number for people: 1,978,941. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

const HALF_BAR = 16;

/** A bar from a middle line, to the right for what adds and to the left for what takes away. */
export function signedBar(amount: number, largest: number): string {
  const length = largest > 0 ? Math.round((Math.abs(amount) / largest) * HALF_BAR) : 0;
  const bar = '█'.repeat(length);
  return amount < 0 ? `${bar.padStart(HALF_BAR)}│` : `${' '.repeat(HALF_BAR)}│${bar}`;
}

/** Dollars for a column: 1,234.50, with a thousandth for what is less than a cent. */
export function dollars(amount: number): string {
  const digits = amount > 0 && amount < 0.01 ? 3 : 2;
  return amount
    .toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .padStart(10);
}

/** The terminal of this process. */
export const terminal: Terminal = createTerminal({
  write: (chunk) => process.stdout.write(chunk),
  elapsedMs: () => performance.now(),
  interactive: process.stdout.isTTY,
});
