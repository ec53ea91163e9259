/** Facts that are added and never half-changed: what the domain asks of DynamoDB. */

/** A fact's place: all facts of one `partition` are sorted by `sort`. */
export interface FactKey {
  readonly partition: string;
  readonly sort: string;
}

export type Fact = FactKey & Readonly<Record<string, unknown>>;

export interface FactQuery {
  readonly sortPrefix?: string;
  /** Only what is sorted behind this one; goes with `sortPrefix`, and is kept within it. */
  readonly after?: string;
  /** Newest (highest sort) first. @default false */
  readonly descending?: boolean;
  readonly limit?: number;
}

export interface FactTable {
  /** Reads what was last written, never an older copy. */
  get(key: FactKey): Promise<Fact | undefined>;
  /** Reads those that are there of many places, in any order, a hundred in one call. */
  getMany(keys: readonly FactKey[]): Promise<Fact[]>;
  /** Adds a fact unless its place is taken; false means that another writer was first. */
  putIfAbsent(fact: Fact): Promise<boolean>;
  /** Replaces a fact if its `revision` is still `expected`; false means that it is not. */
  replace(fact: Fact & { readonly revision: number }, expected: number): Promise<boolean>;
  query(partition: string, query?: FactQuery): Promise<Fact[]>;
}

/** For people only: functions add facts and never take one out. */
export interface RemovableFacts extends FactTable {
  /** Takes a fact out, if it is there. */
  remove(key: FactKey): Promise<void>;
}
