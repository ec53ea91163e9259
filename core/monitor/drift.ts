/** Drift: how far each feature, and the predictions, have moved from the reference profile. */
import { columnOf, type Columns } from '../data/columns.ts';
import {
  countBins,
  countValues,
  numbersOf,
  type CategoryProfile,
  type DataProfile,
  type NumberProfile,
} from '../data/profile.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { CYCLES } from '../model/features.ts';
import { psi, smoothShares } from './drift/psi.ts';

export interface Bin {
  readonly name: string;
  /** Share of the rows that have a value. */
  readonly reference: number;
  readonly current: number;
}

export interface Drift {
  readonly feature: string;
  readonly method: 'psi';
  readonly statistic: number;
  readonly threshold: number;
  readonly drifted: boolean;
  readonly bins: readonly Bin[];
  /** Why there is no verdict, where there is none. */
  readonly notJudged?: string;
}

type DriftTask = Pick<ModelDefinition, 'features' | 'derived'> & {
  readonly monitors: Pick<ModelDefinition['monitors'], 'drift' | 'windowHours'>;
};

/**
 * Compares each feature of a window with the profile, the one that moved farthest first and those
 * without a verdict last. What is derived from a time and goes round in more than the window, such
 * as the day of the week in a window of a day, moves by itself and is not judged.
 */
export function driftOf(columns: Columns, task: DriftTask, reference: DataProfile): Drift[] {
  const { psi: driftThreshold } = task.monitors.drift.thresholds;
  const numbers = numbersOf(columns, task);
  const drifts = Object.entries(reference.features).map(([name, profile]) => {
    const drift =
      profile.kind === 'number'
        ? numberDrift(name, profile, numbers[name] ?? new Float32Array(), driftThreshold)
        : categoryDrift(name, profile, columns, driftThreshold);
    return judge(drift, reasonNotToJudge(name, task));
  });
  const rank = ({ notJudged, statistic }: Drift): number =>
    notJudged === undefined ? statistic : -1;
  return drifts.toSorted((a, b) => rank(b) - rank(a));
}

function judge(drift: Drift, notJudged: string | undefined): Drift {
  return notJudged === undefined ? drift : { ...drift, drifted: false, notJudged };
}

function reasonNotToJudge(name: string, { derived, monitors }: DriftTask): string | undefined {
  const feature = derived[name];
  if (feature === undefined) return undefined;
  const { period, unitMs } = CYCLES[feature.kind];
  const hours = (period * unitMs) / 3_600_000;
  if (monitors.windowHours >= hours) return undefined;
  return `it goes round in ${hours} hours, and the window has ${monitors.windowHours}`;
}

/** Compares numbers, such as the model's outputs, with a profile on the profile's own bins. */
export function numberDrift(
  feature: string,
  { edges, counts }: NumberProfile,
  values: Float32Array | Float64Array,
  threshold: number,
): Drift {
  const names = [...edges, undefined].map((edge, bin) => {
    if (edge === undefined) return `above ${short(edges.at(-1) ?? 0)}`;
    return bin === 0 ? `to ${short(edge)}` : `${short(edges[bin - 1] ?? 0)} to ${short(edge)}`;
  });
  return compare(feature, names, counts, countBins(values, edges), threshold);
}

/** The most bins that a category has: with more, PSI grows by chance alone in a small window. */
const MAXIMUM_BINS = 20;

function categoryDrift(
  feature: string,
  profile: CategoryProfile,
  columns: Columns,
  threshold: number,
): Drift {
  const { counts } = countValues(columnOf(columns.categories, feature));
  const ranked = Object.entries(profile.counts).toSorted(
    ([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || (a < b ? -1 : 1),
  );
  const named = ranked.slice(0, MAXIMUM_BINS - 1);
  const current = named.map(([value]) => counts.get(value) ?? 0);
  const reference = named.map(([, rows]) => rows);
  return compare(
    feature,
    [...named.map(([value]) => value), 'all others'],
    [...reference, sum(Object.values(profile.counts)) - sum(reference) + profile.other],
    [...current, sum(counts.values()) - sum(current)],
    threshold,
  );
}

function compare(
  feature: string,
  names: readonly string[],
  reference: readonly number[],
  current: readonly number[],
  threshold: number,
): Drift {
  // Without values there is nothing that could have moved.
  const statistic = sum(current) === 0 ? 0 : psi(smoothShares(reference), smoothShares(current));
  const totals = { reference: sum(reference) || 1, current: sum(current) || 1 };
  return {
    feature,
    method: 'psi',
    statistic,
    threshold,
    drifted: statistic > threshold,
    bins: names.map((name, bin) => ({
      name,
      reference: (reference[bin] ?? 0) / totals.reference,
      current: (current[bin] ?? 0) / totals.current,
    })),
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
