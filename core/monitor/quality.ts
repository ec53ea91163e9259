/** Data quality: what share of a window's values is missing, implausible, new or unreadable. */
import { identifier, rowOf, type DuckDBConnection } from '../data/duckdb.ts';
import type { DataProfile } from '../data/profile.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { Feature } from '../model/features.ts';
import type { CountedCategories, Summary } from './summary.ts';
import { badOf, type WindowCounts } from './window.ts';

export interface FeatureQuality {
  readonly feature: string;
  /** Shares of all rows. */
  readonly missingShare: number;
  /** Outside of the declared minimum and maximum; numbers only. */
  readonly outOfRangeShare: number;
  /** A value that training never saw; categories only. */
  readonly unseenShare: number;
  /** Something that is not of the declared kind; counts as missing too. Numbers and times only. */
  readonly unreadableShare: number;
  /** The unseen values, the most frequent first. */
  readonly unseen: readonly string[];
}

/** Rows by feature whose value was there and could not be read as declared. */
export type Unreadable = Readonly<Record<string, number>>;

export async function countUnreadable(
  connection: DuckDBConnection,
  features: ModelDefinition['features'],
  from: string,
): Promise<Unreadable> {
  const names = Object.keys(features).filter((name) => features[name]?.kind !== 'category');
  if (names.length === 0) return {};
  const counts = names.map(
    (name) => `count(*) filter (${identifier(badOf(name))})::double as ${identifier(name)}`,
  );
  const found = await rowOf(connection, `select ${counts.join(', ')} from ${from}`);
  return Object.fromEntries(names.map((name) => [name, Number(found[name])]));
}

/** Looks at every feature; all shares are 0 where there are no rows. */
export function qualityOfFeatures(
  { rows, numbers, categories }: Summary,
  features: ModelDefinition['features'],
  reference: DataProfile | undefined,
  unreadable: Unreadable = {},
): FeatureQuality[] {
  const share = (part = 0): number => (rows === 0 ? 0 : part / rows);
  return Object.entries(features).map(([name, feature]) => {
    const number = numbers[name];
    const category = categories[name];
    const unseen = category ? unseenOf(category, name, feature, reference) : NONE;
    return {
      feature: name,
      missingShare: share((number ?? category)?.missing),
      outOfRangeShare: share(number?.outside),
      unseenShare: share(unseen.rows),
      unreadableShare: share(unreadable[name]),
      unseen: unseen.values,
    };
  });
}

interface Unseen {
  readonly rows: number;
  readonly values: readonly string[];
}

const NONE: Unseen = { rows: 0, values: [] };

function unseenOf(
  { counts, other }: CountedCategories,
  name: string,
  feature: Feature,
  reference: DataProfile | undefined,
): Unseen {
  const known = knownValues(reference, name, feature);
  if (known === undefined) return NONE;
  const unseen = [...counts].filter(([value]) => !known.has(value));
  return {
    // What is too rare to have been counted by itself is no value of the profile.
    rows: unseen.reduce((sum, [, rows]) => sum + rows, other),
    values: unseen.slice(0, 10).map(([value]) => value),
  };
}

/** Undefined where the profile could not hold all values, so nothing can be called new. */
function knownValues(
  reference: DataProfile | undefined,
  name: string,
  feature: Feature,
): Set<string> | undefined {
  const profile = reference?.features[name];
  if (profile?.kind === 'category' && profile.other === 0) {
    return new Set(Object.keys(profile.counts));
  }
  const declared = feature.kind === 'category' ? feature.values : undefined;
  return declared && new Set(declared);
}

/** Of all lines of the window, those that are no records. */
export function brokenShareOf({
  counts: { broken, duplicates, shadow },
  rows,
}: {
  readonly counts: Pick<WindowCounts, 'broken' | 'duplicates' | 'shadow'>;
  readonly rows: number;
}): number {
  const lines = rows + shadow + duplicates + broken;
  return lines === 0 ? 0 : broken / lines;
}
