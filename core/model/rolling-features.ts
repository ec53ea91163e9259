/** Features that nobody sends: what became known of an entity in the time before a row. */
import type { Feature, NumberFeature } from './features.ts';

export type Aggregate = 'count' | 'mean' | 'sum' | 'minimum' | 'maximum';

/**
 * A number over everything that became known of one entity in `[t - overMinutes, t)`, where `t` is
 * the row's time. Time is counted in whole buckets (`bucketMinutes`), so the row itself and whatever
 * else falls into its bucket never count.
 */
export interface RollingFeature {
  readonly aggregate: Aggregate;
  /**
   * What is aggregated: a number feature of earlier rows, or 'label', their target column as it
   * was labelled. @default the rows themselves; for a count only
   */
  readonly of?: string;
  /** Category feature that names the entity. */
  readonly by: string;
  readonly overMinutes: number;
  /** @default made from the rest */
  readonly description?: string;
}

/** When the truth about a row becomes known, for training; online it is when the label comes. */
export interface Labels {
  /** Minutes from the row's time to its label. */
  readonly knownAfterMinutes?: number;
  /** Column with the moment at which each row's label was known. */
  readonly knownAt?: string;
}

type Over = Pick<RollingFeature, 'by' | 'overMinutes' | 'description'>;
type Of = Over & { readonly of: string };

/** How many rows there were, or how many had a number or a label; 0 where there were none. */
export function rollingCount(options: Over & { readonly of?: string }): RollingFeature {
  return { aggregate: 'count', ...options };
}

/** Their mean; unknown where there were none. */
export function rollingMean(options: Of): RollingFeature {
  return { aggregate: 'mean', ...options };
}

/** Their sum; 0 where there were none. */
export function rollingSum(options: Of): RollingFeature {
  return { aggregate: 'sum', ...options };
}

/** The smallest of them; unknown where there were none. */
export function rollingMinimum(options: Of): RollingFeature {
  return { aggregate: 'minimum', ...options };
}

/** The largest of them; unknown where there were none. */
export function rollingMaximum(options: Of): RollingFeature {
  return { aggregate: 'maximum', ...options };
}

export type RollingFeatures = Readonly<Record<string, RollingFeature>>;

/** `of` for the target column. */
export const LABEL = 'label';

/** A window is cut into this many buckets at most, so that what is kept of an entity stays small. */
const MOST_BUCKETS = 60;

const MINUTE_MS = 60_000;

/** Minutes of the buckets that a window is counted in: one, unless it is longer than an hour. */
export function bucketMinutes({ overMinutes }: Pick<RollingFeature, 'overMinutes'>): number {
  return Math.max(1, Math.ceil(overMinutes / MOST_BUCKETS));
}

function groupOf(feature: RollingFeature): string {
  return `${feature.by}-${bucketMinutes(feature)}`;
}

/** Rolling features that are kept together: of the same entity, in buckets of the same length. */
export interface RollingGroup {
  /** Unique among the groups of a model: 'origin-1'. */
  readonly name: string;
  readonly by: string;
  readonly bucketMs: number;
  /**
   * Buckets of the longest window. What comes later than that counts nowhere, and a row that comes
   * later than that has no values.
   */
  readonly span: number;
  readonly features: readonly RollingMember[];
}

export interface RollingMember extends RollingFeature {
  readonly name: string;
  /** Buckets of its window. */
  readonly window: number;
}

export function rollingGroups(declared: RollingFeatures): RollingGroup[] {
  const entries = Object.entries(declared);
  return [...new Set(entries.map(([, feature]) => groupOf(feature)))].map((name) => {
    const own = entries.filter(([, feature]) => groupOf(feature) === name);
    const minutes = bucketMinutes(own[0]![1]);
    const features = own.map(([feature, declaration]) => ({
      ...declaration,
      name: feature,
      window: declaration.overMinutes / minutes,
    }));
    return {
      name,
      by: own[0]![1].by,
      bucketMs: minutes * MINUTE_MS,
      span: Math.max(...features.map(({ window }) => window)),
      features,
    };
  });
}

/** Whether any window goes by what is known of earlier targets. */
export function needsLabels(declared: RollingFeatures): boolean {
  return Object.values(declared).some(({ of }) => of === LABEL);
}

/** Category features that a label must come with, so that it is known whose it is. */
export function labelledBy(declared: RollingFeatures): string[] {
  return [...new Set(Object.values(declared).flatMap(({ of, by }) => (of === LABEL ? [by] : [])))];
}

/** Days of earlier data that the first row of a training needs. */
export function historyDays(declared: RollingFeatures, labels: Labels): number {
  const longest = Math.max(0, ...Object.values(declared).map(({ overMinutes }) => overMinutes));
  return Math.ceil((longest + (labels.knownAfterMinutes ?? 0)) / (24 * 60));
}

interface Declared {
  readonly features: Readonly<Record<string, Feature>>;
  readonly rolling?: RollingFeatures;
  readonly labels?: Labels;
}

/** Adds a number to what callers send for each feature that is computed. */
export function completeRolling({
  features,
  rolling = {},
  labels = {},
}: Declared): Required<Declared> {
  const computed = Object.entries(rolling).map(([name, feature]): [string, NumberFeature] => [
    name,
    { kind: 'number', description: feature.description ?? descriptionOf(feature) },
  ]);
  return { features: { ...features, ...Object.fromEntries(computed) }, rolling, labels };
}

/** The features that callers send: all but those that are computed. */
export function sentFeatures({
  features,
  rolling,
}: {
  readonly features: Readonly<Record<string, Feature>>;
  readonly rolling: RollingFeatures;
}): Readonly<Record<string, Feature>> {
  return Object.fromEntries(Object.entries(features).filter(([name]) => !(name in rolling)));
}

function descriptionOf({ aggregate, of = 'rows', by, overMinutes }: RollingFeature): string {
  const what = of === LABEL ? 'labels that came to be known' : of;
  return `${aggregate[0]!.toUpperCase()}${aggregate.slice(1)} of ${what} of the same ${by} in the ${overMinutes} minutes before`;
}
