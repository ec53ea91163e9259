/** The rolling features of rows, by what the stream and the labels told so far. */
import { createHash } from 'node:crypto';
import type { FactTable } from '../../aws/facts.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import { LABEL, type RollingGroup, rollingGroups } from '../../model/rolling-features.ts';
import type { Signature } from '../../model/signature.ts';
import type { Features, ReadRows } from '../validate.ts';
import { type EntityPlace, type Work, createEntityTable } from './entity-table.ts';
import { type Contribution, type EntityState, MARK_LENGTH, quantityOf } from './state.ts';

/** A row that was read, and when it happens if it does not say so itself. */
export interface Happening {
  readonly id: string;
  readonly features: Features;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A label and whose it is. */
export interface KnownLabel {
  readonly id: string;
  /** The target column, as it came. */
  readonly value: number;
  /** Entities, by the category feature that names them. */
  readonly of: Readonly<Record<string, string | null>>;
  /** When it was known; milliseconds since 1970. */
  readonly time: number;
}

export type RollingValues = Readonly<Record<string, number | null>>;

export interface RollingFeatureStore {
  /** The values of rows that nobody counts. One read of the table, whatever their number. */
  valuesOf(rows: readonly Happening[]): Promise<RollingValues[]>;
  /** The values of events, in their order; each counts for what comes later. @param now arrival */
  take(events: readonly Happening[], now: Date): Promise<RollingValues[]>;
  /** Counts labels, from when they were known. */
  learn(labels: readonly KnownLabel[], now: Date): Promise<void>;
}

type Declared = Pick<ModelDefinition, 'name' | 'rolling' | 'data' | 'features'>;

/** Undefined for a model without rolling features, which pays nothing for those of others. */
export function createRollingFeatures(
  definition: Declared,
  facts: () => FactTable,
): RollingFeatureStore | undefined {
  const groups = rollingGroups(definition.rolling);
  if (groups.length === 0) return undefined;
  const table = createEntityTable(facts(), definition.name);
  const unknown = Object.fromEntries(Object.keys(definition.rolling).map((name) => [name, null]));

  /** @param visit is called anew for the rows of an entity whenever its state is read again */
  const workOn = (
    rows: readonly Happening[],
    visit: (state: EntityState, row: Happening, bucket: number, group: RollingGroup) => boolean,
  ): { work: Map<EntityPlace, Work>; values: Record<string, number | null>[] } => {
    const values = rows.map(() => ({ ...unknown }));
    const work = new Map<EntityPlace, Work>();
    for (const group of groups) {
      for (const [entity, places] of byEntity(rows, ({ features }) => features[group.by])) {
        work.set({ group, entity }, (state) => {
          let changed = false;
          for (const at of places) {
            const bucket = Math.floor(timeOf(definition, rows[at]!) / group.bucketMs);
            Object.assign(values[at]!, state.valuesAt(bucket));
            changed = visit(state, rows[at]!, bucket, group) || changed;
          }
          return changed;
        });
      }
    }
    return { work, values };
  };

  return {
    async valuesOf(rows) {
      const { work, values } = workOn(rows, () => false);
      await table.read(work);
      return values;
    },
    async take(events, now) {
      const { work, values } = workOn(events, (state, event, bucket, group) => {
        // A clock that is wrong by more than the window must not make all others late.
        const isFuture = bucket - Math.floor(now.getTime() / group.bucketMs) > group.span;
        return !isFuture && state.add(contributionOf(event, bucket, group));
      });
      await table.update(work, now);
      return values;
    },
    async learn(labels, now) {
      const work = new Map<EntityPlace, Work>();
      for (const group of groups.filter(({ features }) => features.some(isOfLabel))) {
        for (const [entity, places] of byEntity(labels, ({ of }) => of[group.by])) {
          work.set({ group, entity }, (state) =>
            places.map((at) => state.add(knownOf(labels[at]!, group))).some(Boolean),
          );
        }
      }
      await table.update(work, now);
    },
  };
}

/** Puts the values into the tensors and the features of rows that were read. */
export function withValues(
  read: ReadRows,
  { numbers }: Signature,
  values: readonly RollingValues[],
): ReadRows {
  for (const [row, some] of values.entries()) {
    for (const [name, value] of Object.entries(some)) {
      const at = numbers.indexOf(name);
      if (at >= 0) read.batch.numbers[row * numbers.length + at] = value ?? NaN;
    }
  }
  const features = read.features.map((sent, row) => ({ ...sent, ...values[row] }));
  return { ...read, features };
}

/** Whatever has the same id has the same mark; others share one in 69 billion. */
export function markOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, MARK_LENGTH);
}

function isOfLabel({ of }: { readonly of?: string }): boolean {
  return of === LABEL;
}

function byEntity<Row>(
  rows: readonly Row[],
  entityOf: (row: Row) => unknown,
): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [at, row] of rows.entries()) {
    const entity = entityOf(row);
    if (typeof entity !== 'string' || entity === '') continue;
    const own = places.get(entity);
    if (own) own.push(at);
    else places.set(entity, [at]);
  }
  return places;
}

/** The column that splits go by, where callers send it: then past and present mean the same. */
function timeOf({ data, features }: Declared, row: Happening): number {
  const said = features[data.time]?.kind === 'timestamp' ? row.features[data.time] : undefined;
  return typeof said === 'string' ? Date.parse(said) : row.time;
}

function contributionOf(event: Happening, bucket: number, group: RollingGroup): Contribution {
  const values: Record<string, number> = {};
  for (const feature of group.features.filter((one) => !isOfLabel(one))) {
    const { of } = feature;
    const value = of === undefined ? 1 : event.features[of];
    // As the 32 bits that models take, which training counts too.
    if (typeof value === 'number') values[quantityOf(feature)] = Math.fround(value);
  }
  return { kind: 'event', mark: markOf(event.id), bucket, values };
}

function knownOf({ id, value, time }: KnownLabel, { bucketMs }: RollingGroup): Contribution {
  const number = Math.fround(value);
  return {
    kind: 'label',
    mark: markOf(id),
    bucket: Math.floor(time / bucketMs),
    values: Number.isFinite(number) ? { [LABEL]: number } : {},
  };
}
