/** What a service does, without a word about how it is spoken to. */
import type { Caller } from './caller.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Tells whether a decoded value is a structure, and so can be an input. */
export function isStructure(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The members of an answer. Times are `Date`s, blobs are `Uint8Array`s and AWS's maps (keys that
 * are data) are `Map`s; each protocol writes them in its own way. Undefined members are left out.
 */
export type Output = Readonly<Record<string, unknown>>;

/** @param caller who asks; most operations need not know */
export type Operation = (input: Input, caller: Caller) => Promise<Output>;

/** Operations by their AWS names, such as `PutMetricData`. */
export type Operations = Readonly<Record<string, Operation>>;
