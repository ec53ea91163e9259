/** Data quality: what share of a window's values is missing, implausible or new. */
import { columnOf, type Columns } from '../data/columns.ts';
import { countValues, type DataProfile } from '../data/profile.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { CategoryFeature, Feature, NumberFeature } from '../model/features.ts';

export interface FeatureQuality {
  readonly feature: string;
  /** Shares of all rows. */
  readonly missingShare: number;
  /** Outside of the declared minimum and maximum; numbers only. */
  readonly outOfRangeShare: number;
  /** A value that training never saw; categories only. */
  readonly unseenShare: number;
  /** The unseen values, the most frequent first. */
  readonly unseen: readonly string[];
}

/** Looks at every feature; all shares are 0 where there are no rows. */
export function qualityOfFeatures(
  columns: Columns,
  features: ModelDefinition['features'],
  reference: DataProfile,
): FeatureQuality[] {
  return Object.entries(features).map(([name, feature]) =>
    ofFeature(columns, name, feature, reference),
  );
}

function ofFeature(
  columns: Columns,
  name: string,
  feature: Feature,
  reference: DataProfile,
): FeatureQuality {
  switch (feature.kind) {
    case 'number':
      return { feature: name, ...ofNumbers(columnOf(columns.numbers, name), feature) };
    case 'timestamp':
      return { feature: name, ...ofNumbers(columnOf(columns.times, name), {}) };
    case 'category':
    default:
      return { feature: name, ...ofCategory(columns, name, feature, reference) };
  }
}

type Shares = Omit<FeatureQuality, 'feature'>;

function ofNumbers(
  values: Float32Array | Float64Array,
  { minimum = -Infinity, maximum = Infinity }: Pick<NumberFeature, 'minimum' | 'maximum'>,
): Shares {
  let missing = 0;
  let outside = 0;
  for (const value of values) {
    if (Number.isNaN(value)) missing += 1;
    else if (value < minimum || value > maximum) outside += 1;
  }
  return {
    missingShare: share(missing, values.length),
    outOfRangeShare: share(outside, values.length),
    unseenShare: 0,
    unseen: [],
  };
}

function ofCategory(
  columns: Columns,
  name: string,
  { values }: CategoryFeature,
  reference: DataProfile,
): Shares {
  const { missing, counts } = countValues(columnOf(columns.categories, name));
  const known = knownValues(reference, name, values);
  const unseen = known === undefined ? [] : [...counts].filter(([value]) => !known.has(value));
  unseen.sort(([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || (a < b ? -1 : 1));
  return {
    missingShare: share(missing, columns.rows),
    outOfRangeShare: 0,
    unseenShare: share(
      unseen.reduce((sum, [, rows]) => sum + rows, 0),
      columns.rows,
    ),
    unseen: unseen.slice(0, 10).map(([value]) => value),
  };
}

/** Undefined where the profile could not hold all values, so nothing can be called new. */
function knownValues(
  reference: DataProfile,
  name: string,
  declared: readonly string[] | undefined,
): Set<string> | undefined {
  const profile = reference.features[name];
  if (profile?.kind !== 'category' || profile.other > 0) return declared && new Set(declared);
  return new Set(Object.keys(profile.counts));
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
