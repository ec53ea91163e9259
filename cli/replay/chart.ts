/** What came of a replay, for a terminal. */
import { table } from '../terminal.ts';
import type { PeriodOutcome, Quality } from './periods.ts';

const WIDTH = 32;
const WITH = '●';
const WITHOUT = '○';

/** One line a period: the metric with retraining and without, as numbers and as places on a scale. */
export function chartOf(periods: readonly PeriodOutcome[]): string {
  const values = periods.flatMap(({ given, frozen }) =>
    [given, frozen].flatMap((quality) => (quality ? [quality.value] : [])),
  );
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const placeOf = (value: number): number =>
    high > low ? Math.round(((value - low) / (high - low)) * (WIDTH - 1)) : Math.floor(WIDTH / 2);
  const rows = periods.map(({ period, rows: count, given, frozen, versions }) => [
    period,
    count,
    `${WITH} ${decimals(given?.value)}`,
    `${WITHOUT} ${decimals(frozen?.value)}`,
    drawn(given && placeOf(given.value), frozen && placeOf(frozen.value)),
    decimals(given?.calibration),
    decimals(frozen?.calibration),
    versions.join(', '),
  ]);
  const metric = periods[0]?.metric ?? '';
  return table(
    [
      'period',
      'labelled',
      `${metric} with`,
      'without retraining',
      scaleOf(low, high),
      'calibration error with',
      'without',
      'versions',
    ],
    rows,
  );
}

function drawn(given: number | undefined, frozen: number | undefined): string {
  const places = Array.from({ length: WIDTH }, () => '·');
  if (frozen !== undefined) places[frozen] = WITHOUT;
  if (given !== undefined) places[given] = given === frozen ? '◉' : WITH;
  return places.join('');
}

function scaleOf(low: number, high: number): string {
  const [from, to] = [decimals(low), decimals(high)];
  return `${from}${' '.repeat(Math.max(1, WIDTH - from.length - to.length))}${to}`;
}

export function decimals(value: Quality['calibration']): string {
  return value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(4);
}
