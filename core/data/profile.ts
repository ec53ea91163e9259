/** The reference profile: how the data that a model learned from is distributed. */
import type { ModelDefinition } from '../model/definition.ts';
import { CYCLES } from '../model/features.ts';
import { type CategoryColumn, columnOf, type Columns } from './columns.ts';
import { deriveNumber } from './derived.ts';
import { binOf, countNumbers, quantileEdges, type Sketch, sketchEdges } from './sketch.ts';

export interface NumberProfile {
  readonly kind: 'number';
  /** Rows without a value. */
  readonly missing: number;
  /** Of the values; null where there are none. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  /** Standard deviation. Absent in profiles of before it was kept, as is the sketch. */
  readonly deviation?: number | null;
  /** Ascending; bin i holds the values above `edges[i - 1]`, up to and with `edges[i]`. */
  readonly edges: readonly number[];
  /** Rows in each bin; one bin more than edges, since the first and the last are open. */
  readonly counts: readonly number[];
  /** The same at a closer look. */
  readonly sketch?: Sketch;
}

export interface CategoryProfile {
  readonly kind: 'category';
  readonly missing: number;
  /** Rows by value, the most frequent first. */
  readonly counts: Readonly<Record<string, number>>;
  /** Rows with a value that did not fit in `counts`. */
  readonly other: number;
}

export type FeatureProfile = NumberProfile | CategoryProfile;

export interface DataProfile {
  readonly rows: number;
  /** By feature or derived feature; a timestamp has none but what is derived from it. */
  readonly features: Readonly<Record<string, FeatureProfile>>;
  /** Absent in older profiles, and of several classes. */
  readonly baseline?: GroupMeans;
}

/** What the baseline model of a version has learned: the target's mean by group. */
export interface GroupMeans {
  /** Categories that make the groups. */
  readonly by: readonly string[];
  readonly overall: number;
  /** By the values of the categories, with NUL between them. */
  readonly groups: Readonly<Record<string, number>>;
}

/** What a version's live data and predictions are compared with. */
export interface ReferenceProfile extends DataProfile {
  readonly model: string;
  readonly runId: string;
  /** Of the version's outputs on the holdout. */
  readonly predictions: NumberProfile;
  /** Of the version on the holdout, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** End of the data that the version learned from and was judged on. ISO 8601, UTC. */
  readonly dataTo?: string;
  /** Of a binary target: mean probability and share of positives on the holdout, bin by bin. */
  readonly calibration?: readonly {
    readonly rows: number;
    readonly predicted: number;
    readonly observed: number;
  }[];
}

const BINS = 10;

/** More values than any code book has; keeps a profile below a megabyte. */
const MAXIMUM_VALUES = 10_000;

export function profileOf(
  columns: Columns,
  definition: Pick<ModelDefinition, 'features' | 'derived'>,
): DataProfile {
  const features: Record<string, FeatureProfile> = {};
  for (const [name, values] of Object.entries(numbersOf(columns, definition))) {
    features[name] = profileNumbers(values);
  }
  for (const [name, { kind }] of Object.entries(definition.features)) {
    if (kind === 'category') features[name] = profileCategory(columnOf(columns.categories, name));
  }
  return { rows: columns.rows, features };
}

/** Number features and derived ones, by name. */
export function numbersOf(
  columns: Columns,
  { features, derived }: Pick<ModelDefinition, 'features' | 'derived'>,
): Record<string, Float32Array> {
  const numbers: Record<string, Float32Array> = {};
  for (const [name, { kind }] of Object.entries(features)) {
    if (kind === 'number') numbers[name] = columnOf(columns.numbers, name);
  }
  for (const [name, { from, kind }] of Object.entries(derived)) {
    numbers[name] = deriveNumber(columnOf(columns.times, from), CYCLES[kind]);
  }
  return numbers;
}

/**
 * Cuts values into ten bins of equal shares, fewer where values repeat, and into the many of a
 * sketch. O(n log n)
 */
export function profileNumbers(values: Float32Array | Float64Array): NumberProfile {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted();
  const { length } = sorted;
  const edges = quantileEdges(sorted, BINS);
  const mean = length > 0 ? sumOf(sorted) / length : null;
  const counter = countNumbers(sketchEdges(sorted));
  counter.add(sorted);
  return {
    kind: 'number',
    missing: values.length - length,
    minimum: sorted[0] ?? null,
    maximum: sorted[length - 1] ?? null,
    mean,
    deviation: mean === null ? null : deviationOf(sorted, mean),
    edges,
    counts: countBins(sorted, edges),
    sketch: counter.counted().sketch,
  };
}

function deviationOf(values: Float32Array | Float64Array, mean: number): number {
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Rows in each bin of a profile's edges; missing values are in none. O(n log bins) */
export function countBins(values: Float32Array | Float64Array, edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    if (!Number.isNaN(value)) counts[binOf(value, edges)]! += 1;
  }
  return counts;
}

export function profileCategory(column: CategoryColumn): CategoryProfile {
  const { missing, counts } = countValues(column);
  const ranked = [...counts].toSorted(
    ([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || (a < b ? -1 : 1),
  );
  return {
    kind: 'category',
    missing,
    counts: Object.fromEntries(ranked.slice(0, MAXIMUM_VALUES)),
    other: ranked.slice(MAXIMUM_VALUES).reduce((sum, [, rows]) => sum + rows, 0),
  };
}

/** Rows by value, those that occur. */
export function countValues({ dictionary, codes }: CategoryColumn): {
  missing: number;
  counts: Map<string, number>;
} {
  const byCode = new Float64Array(dictionary.length);
  let missing = 0;
  for (const code of codes) {
    if (code < 0 || dictionary[code] === '') missing += 1;
    else byCode[code]! += 1;
  }
  const counts = new Map<string, number>();
  for (const [code, value] of dictionary.entries()) {
    if (byCode[code]! > 0 && value !== '') counts.set(value, byCode[code]!);
  }
  return { missing, counts };
}
