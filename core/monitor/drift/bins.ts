/** The bins of the reference, with the rows of both sides in them. */
import type { CategoryProfile, NumberProfile } from '../../data/profile.ts';
import { binOf, type CountedNumbers } from '../../data/sketch.ts';
import type { CountedCategories } from '../summary.ts';
import { sharesOf, totalOf } from './shares.ts';

export interface Bin {
  readonly name: string;
  /** Share of the rows that have a value. */
  readonly reference: number;
  readonly current: number;
}

export interface BinCounts {
  readonly reference: readonly number[];
  readonly current: readonly number[];
  readonly shown: readonly Bin[];
}

/** The ten quantile bins of the profile, fewer where values repeat. */
export function numberBins(
  { edges, counts }: NumberProfile,
  { sketch }: CountedNumbers,
): BinCounts {
  const current = Array.from(counts, () => 0);
  for (const [fine, rows] of sketch.counts.entries()) {
    // An edge of the ten is one of the sketch too, so that each bin of the sketch lies in one.
    const upTo = sketch.edges[fine] ?? Infinity;
    current[upTo === Infinity ? edges.length : binOf(upTo, edges)]! += rows;
  }
  const names = [...edges, undefined].map((edge, bin) => {
    if (edge === undefined) return `above ${short(edges.at(-1) ?? 0)}`;
    return bin === 0 ? `to ${short(edge)}` : `${short(edges[bin - 1] ?? 0)} to ${short(edge)}`;
  });
  return named(names, counts, current);
}

/** The most bins that a category has: with more, PSI grows by chance alone in a small window. */
const MAXIMUM_BINS = 20;

/** The most frequent values of the profile, and all others. */
export function categoryBins(profile: CategoryProfile, current: CountedCategories): BinCounts {
  const ranked = Object.entries(profile.counts).toSorted(
    ([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || (a < b ? -1 : 1),
  );
  const values = ranked.slice(0, MAXIMUM_BINS - 1);
  const known = values.map(([, rows]) => rows);
  const counted = values.map(([value]) => current.counts.get(value) ?? 0);
  return named(
    [...values.map(([value]) => value), 'all others'],
    [...known, restOf(Object.values(profile.counts), profile.other, known)],
    [...counted, restOf(current.counts.values(), current.other, counted)],
  );
}

function restOf(all: Iterable<number>, other: number, of: readonly number[]): number {
  return totalOf(all) + other - totalOf(of);
}

function named(
  names: readonly string[],
  reference: readonly number[],
  current: readonly number[],
): BinCounts {
  const [expected, actual] = [sharesOf(reference), sharesOf(current)];
  return {
    reference,
    current,
    shown: names.map((name, bin) => ({
      name,
      reference: expected[bin] ?? 0,
      current: actual[bin] ?? 0,
    })),
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
