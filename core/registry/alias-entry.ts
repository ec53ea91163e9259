/** One entry of an alias's history, and the chain of hashes that ties entries together. */
import { createHash } from 'node:crypto';
import type { Fact } from '../aws/facts.ts';
import { MalformedFactError } from './errors.ts';

/** What the gate found, kept beside the promotion that followed from it. */
export type Decision = Readonly<Record<string, unknown>>;

export interface AliasEntry {
  readonly model: string;
  readonly alias: string;
  /** Place in the history: 1, 2, 3 and on. */
  readonly entry: number;
  /** After a removal the alias stands on nothing; its version is the one that it stood on. */
  readonly kind: 'promotion' | 'rollback' | 'removal';
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
  /** Who or what did it. */
  readonly by: string;
  readonly decision?: Decision;
  /** Names the request that made the entry; a second one of the same name adds nothing. */
  readonly idempotencyKey?: string;
  /** SHA-256 of the entry before; absent on the first. */
  readonly previous?: string;
  /** SHA-256 of this entry's canonical JSON without this field, hexadecimal. */
  readonly sha256: string;
}

/** Completes an entry with its own hash. */
export function sealed(entry: Omit<AliasEntry, 'sha256'>): AliasEntry {
  return { ...entry, sha256: hashOf(entry) };
}

export type ChainCheck =
  | { readonly intact: true; readonly entries: number }
  | { readonly intact: false; readonly entry: number; readonly problem: string };

/** Checks a whole history, oldest first; names the first entry that does not hold. */
export function checkChain(entries: readonly AliasEntry[]): ChainCheck {
  let before: AliasEntry | undefined;
  for (const [at, { sha256, ...content }] of entries.entries()) {
    const { entry } = content;
    const problem =
      problemOfPlace(at + 1, entry) ??
      (hashOf(content) === sha256 ? undefined : 'its content does not match its own hash') ??
      (content.previous === before?.sha256
        ? undefined
        : 'it does not carry the hash of the entry before');
    if (problem !== undefined) return { intact: false, entry: at + 1, problem };
    before = { sha256, ...content };
  }
  return { intact: true, entries: entries.length };
}

function problemOfPlace(expected: number, entry: number): string | undefined {
  return entry === expected ? undefined : `entry ${entry} stands in its place`;
}

function hashOf(content: Omit<AliasEntry, 'sha256'>): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** JSON with keys in order and without what is undefined: the same fact, the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function asEntry(fact: Fact): AliasEntry {
  const { partition, sort, ...entry } = fact;
  if (!isEntry(entry)) throw new MalformedFactError(partition, sort, 'an entry of an alias');
  return entry;
}

function isEntry(fact: object): fact is AliasEntry {
  return (
    'entry' in fact &&
    typeof fact.entry === 'number' &&
    'version' in fact &&
    typeof fact.version === 'number' &&
    'at' in fact &&
    typeof fact.at === 'string' &&
    'sha256' in fact
  );
}
