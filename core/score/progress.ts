/** How far scoring is, in a line for people. */

/**
 * Returns a reporter that speaks at most every `everyMs`.
 *
 * @param total rows in all; 0 where nobody knows
 * @param elapsedMs monotonic time
 */
export function progressLine(
  total: number,
  elapsedMs: () => number,
  say: (line: string) => void,
  everyMs = 2000,
): (rows: number) => void {
  const started = elapsedMs();
  let spoken = started;
  return (rows) => {
    const now = elapsedMs();
    if (now - spoken < everyMs) return;
    spoken = now;
    const perSecond = rows / ((now - started) / 1000);
    const of = total > 0 ? ` of ${count(total)}` : '';
    const left =
      total > rows && perSecond > 0 ? `, ${count((total - rows) / perSecond)} s left` : '';
    say(`scored ${count(rows)}${of} rows, ${count(perSecond)} rows/s${left}`);
  };
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
