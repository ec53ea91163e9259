/** What is kept of one entity: sums by bucket of time, and which events and labels are in them. */
import type { RollingGroup, RollingMember } from '../../model/rolling-features.ts';

/** A row that happened, or a label that came to be known. */
export interface Contribution {
  readonly kind: Kind;
  /** `markOf` its id: what has the same mark counts once. */
  readonly mark: string;
  /** When it happened, or was known, in buckets since 1970. */
  readonly bucket: number;
  /** What it adds, by quantity. */
  readonly values: Readonly<Record<string, number>>;
}

type Kind = 'event' | 'label';

/** What a feature aggregates; features that aggregate the same share its sums. */
export function quantityOf({ of = '' }: Pick<RollingMember, 'of'>): string {
  return of;
}

type Sums = readonly [count: number, sum: number, minimum: number, maximum: number];
type Buckets = Map<number, Sums>;

/** As JSON has it. Buckets count from `base`, so that they are short. */
interface Kept {
  readonly base: number;
  readonly latest: number | null;
  readonly forgotten: number | null;
  readonly marks: Readonly<Record<Kind, readonly (readonly [bucket: number, marks: string])[]>>;
  readonly sums: Readonly<Record<string, readonly (readonly [bucket: number, ...sums: Sums])[]>>;
}

/** Characters of a mark. */
export const MARK_LENGTH = 6;

/**
 * Most marks of events, and of labels, that are kept of an entity, the newest: an item of DynamoDB
 * has its limits. What comes again after more than so many others counts again.
 */
const MOST_MARKS = 20_000;

export class EntityState {
  readonly #group: RollingGroup;
  /** Newest bucket of an event. */
  #latest: number;
  /** Newest bucket of a label. */
  #newestLabel: number;
  /** Buckets before this one are gone, though an event could still ask for them. */
  #forgotten: number;
  /** The bucket of each mark. */
  readonly #marks: Readonly<Record<Kind, Map<string, number>>>;
  /** By quantity. */
  readonly #sums: ReadonlyMap<string, Buckets>;

  /** @param text what `toText` gave. @default an entity that nothing is known of */
  constructor(group: RollingGroup, text?: string) {
    const kept: Kept = text === undefined ? NOTHING : JSON.parse(text);
    const { base } = kept;
    this.#group = group;
    this.#latest = kept.latest === null ? -Infinity : base + kept.latest;
    this.#forgotten = kept.forgotten === null ? -Infinity : base + kept.forgotten;
    this.#marks = { event: marksIn(kept, 'event'), label: marksIn(kept, 'label') };
    this.#newestLabel = Math.max(-Infinity, ...this.#marks.label.values());
    this.#sums = new Map(
      group.features.map((feature) => [
        quantityOf(feature),
        new Map(
          (kept.sums[quantityOf(feature)] ?? []).map(([bucket, ...sums]) => [base + bucket, sums]),
        ),
      ]),
    );
  }

  /**
   * The features of a row of this entity, by what became known in the buckets before the row's
   * own. Null is unknown: there was nothing to aggregate, or the row is older than the longest
   * window and what it would need may be forgotten.
   */
  valuesAt(bucket: number): Record<string, number | null> {
    const isLate = this.#latest - bucket > this.#group.span;
    return Object.fromEntries(
      this.#group.features.map((feature) => {
        const from = bucket - feature.window;
        const isKnown = !isLate && from >= this.#forgotten;
        return [
          feature.name,
          isKnown ? aggregate(feature, this.#within(feature, from, bucket)) : null,
        ];
      }),
    );
  }

  #within(feature: RollingMember, from: number, to: number): Sums[] {
    const found: Sums[] = [];
    for (const [bucket, sums] of this.#sums.get(quantityOf(feature)) ?? []) {
      if (bucket >= from && bucket < to) found.push(sums);
    }
    return found;
  }

  /**
   * Counts a contribution from its own bucket on, or from the newest one of the entity where it
   * comes late, so that it never changes what an earlier row was told.
   *
   * @returns false if it was counted before, or comes later than the longest window
   */
  add({ kind, mark, bucket, values }: Contribution): boolean {
    const known = kind === 'event' ? this.#latest : this.#horizon();
    if (known - bucket > this.#group.span || this.#marks[kind].has(mark)) return false;
    if (kind === 'event') this.#latest = Math.max(this.#latest, bucket);
    else this.#newestLabel = Math.max(this.#newestLabel, bucket);
    this.#marks[kind].set(mark, bucket);
    const from = Math.max(bucket, this.#latest);
    for (const [quantity, value] of Object.entries(values)) {
      const buckets = this.#sums.get(quantity);
      const [count, sum, minimum, maximum] = buckets?.get(from) ?? NONE;
      buckets?.set(from, [
        count + 1,
        sum + value,
        Math.min(minimum, value),
        Math.max(maximum, value),
      ]);
    }
    return true;
  }

  /** Labels of an entity whose events do not come must not gather for ever. */
  #horizon(): number {
    return Math.max(this.#latest, this.#newestLabel - 2 * this.#group.span);
  }

  /** Milliseconds since 1970 at which nothing of this is needed any more. */
  get neededUntil(): number {
    const { span, bucketMs } = this.#group;
    return (Math.max(this.#latest, this.#newestLabel) + 1 + 2 * span) * bucketMs;
  }

  /** All that later rows, and those late by the longest window, need; as short as it can be. */
  toText(): string {
    const { span } = this.#group;
    const horizon = this.#horizon();
    if (horizon > this.#latest) this.#forgotten = Math.max(this.#forgotten, horizon - 2 * span);
    const base = Math.max(this.#latest, this.#newestLabel);
    const offset = (bucket: number): number | null =>
      Number.isFinite(bucket) ? bucket - base : null;
    const kept: Kept = {
      base,
      latest: offset(this.#latest),
      forgotten: offset(this.#forgotten),
      marks: {
        event: keptMarks(this.#marks.event, this.#latest - span, base),
        label: keptMarks(this.#marks.label, horizon - span, base),
      },
      sums: Object.fromEntries(
        [...this.#sums].map(([quantity, buckets]) => [
          quantity,
          [...buckets]
            .filter(([bucket]) => bucket >= horizon - 2 * span)
            .map(
              ([bucket, [count, sum, minimum, maximum]]) =>
                [bucket - base, count, sum, minimum, maximum] as const,
            ),
        ]),
      ),
    };
    return JSON.stringify(kept);
  }
}

const NOTHING: Kept = {
  base: 0,
  latest: null,
  forgotten: null,
  marks: { event: [], label: [] },
  sums: {},
};
const NONE: Sums = [0, 0, Infinity, -Infinity];

function aggregate({ aggregate: kind }: RollingMember, found: readonly Sums[]): number | null {
  const count = found.reduce((total, [some]) => total + some, 0);
  const sum = found.reduce((total, [, some]) => total + some, 0);
  if (kind === 'count') return count;
  if (kind === 'sum') return sum;
  if (count === 0) return null;
  if (kind === 'mean') return sum / count;
  return kind === 'minimum'
    ? Math.min(...found.map(([, , minimum]) => minimum))
    : Math.max(...found.map(([, , , maximum]) => maximum));
}

function marksIn({ base, marks }: Kept, kind: Kind): Map<string, number> {
  const found = new Map<string, number>();
  for (const [bucket, text] of marks[kind]) {
    for (let at = 0; at < text.length; at += MARK_LENGTH) {
      found.set(text.slice(at, at + MARK_LENGTH), base + bucket);
    }
  }
  return found;
}

/** Marks from the bucket `oldest` on, by bucket, the newest first. */
function keptMarks(marks: ReadonlyMap<string, number>, oldest: number, base: number) {
  const byBucket = new Map<number, string>();
  const newestFirst = [...marks]
    .filter(([, bucket]) => bucket >= oldest)
    .toSorted(([, one], [, other]) => other - one);
  for (const [mark, bucket] of newestFirst.slice(0, MOST_MARKS)) {
    byBucket.set(bucket - base, (byBucket.get(bucket - base) ?? '') + mark);
  }
  return [...byBucket];
}
