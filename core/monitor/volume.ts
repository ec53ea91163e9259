/** Volume: whether as much was predicted as usual at that hour of that weekday. */
import type { WindowSummary } from './history.ts';

export interface Volume {
  readonly rows: number;
  /** Median of the weeks before; null where too few are known. */
  readonly usual: number | null;
  /** By which share there is more or less than usual; null where nothing is usual. */
  readonly change: number | null;
}

/** Weeks that must be known before anything is usual: the first one is seldom whole, nor the median of two. */
const FEWEST_WEEKS = 3;

const HOUR_MS = 3_600_000;

/**
 * Compares with the same hour and weekday of the weeks before. Where windows are short, the hours
 * beside count as well and the nearest one decides, so that a change of clocks rings nowhere.
 */
export function volumeOf(rows: number, asOf: Date, weeksBefore: readonly WindowSummary[]): Volume {
  const byHour = new Map<number, number[]>();
  for (const { asOf: at, rows: then } of weeksBefore) {
    const hour = new Date(at).getTime() / HOUR_MS - asOf.getTime() / HOUR_MS;
    const beside = ((((Math.round(hour) + 84) % 168) + 168) % 168) - 84;
    byHour.set(beside, [...(byHour.get(beside) ?? []), then]);
  }
  const usual = medianOf(byHour.get(0) ?? []);
  if (usual === undefined) return { rows, usual: null, change: null };
  const changes = [...byHour.values()]
    .map(medianOf)
    .filter((median) => median !== undefined && median > 0)
    .map((median) => rows / median! - 1);
  const nearest = changes.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
  return { rows, usual, change: nearest ?? null };
}

function medianOf(values: readonly number[]): number | undefined {
  if (values.length < FEWEST_WEEKS) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
