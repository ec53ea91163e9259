/** A copy of everything that the table knows, and of the files of all versions. */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Fact } from '../aws/facts.ts';
import type { ObjectStore } from '../aws/objects.ts';
import { layout } from '../model/layout.ts';
import { asEntry, checkChain } from './alias-entry.ts';
import { BrokenBackupError } from './errors.ts';

/** Where a backup lies: files by name. */
export interface Shelf {
  /** @throws if there is none of that name */
  read(name: string): Promise<Uint8Array>;
  write(name: string, content: Uint8Array | string): Promise<void>;
}

const Manifest = z.object({
  /** Of this form. */
  format: z.literal(1),
  stack: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  facts: z.object({ count: z.number(), sha256: z.string() }),
  /** Objects by key, with the hash of their bytes. */
  objects: z.record(z.string(), z.string()),
});

export type BackupManifest = z.output<typeof Manifest>;

export interface BackupContent {
  readonly manifest: BackupManifest;
  readonly facts: readonly Fact[];
}

const FACTS = 'facts.jsonl.gz';
const MANIFEST = 'manifest.json';

/** What is held for the moment only; in another stack nobody would ever give it back. */
const MOMENTARY = /^lock#/;

export interface BackupSource {
  readonly stack: string;
  readonly at: Date;
  /** Every fact of the table. */
  readonly facts: AsyncIterable<Fact>;
  readonly objects: Pick<ObjectStore, 'get'>;
}

/**
 * Writes a backup; its manifest comes last, so that half a backup is none.
 *
 * @throws {BrokenBackupError} if a chain of hashes or the file of a version does not hold
 */
export async function backUp(
  { stack, at, facts, objects }: BackupSource,
  shelf: Shelf,
): Promise<BackupManifest> {
  const kept: Fact[] = [];
  for await (const fact of facts) if (!MOMENTARY.test(fact.partition)) kept.push(fact);
  kept.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  requireChains(kept);
  const hashes: Record<string, string> = {};
  for (const { model, version, sha256 } of versionsIn(kept)) {
    for (const key of [layout.modelFile(model, version), layout.profile(model, version)]) {
      const bytes = await objects.get(key).catch((cause: unknown) => {
        // A file that was registered from elsewhere may have no profile.
        if (key === layout.profile(model, version)) return undefined;
        throw cause;
      });
      if (bytes === undefined) continue;
      hashes[key] = hashOf(bytes);
      await shelf.write(key, bytes);
    }
    requireHash(layout.modelFile(model, version), hashes[layout.modelFile(model, version)], sha256);
  }
  const lines = gzipSync(kept.map((fact) => `${JSON.stringify(fact)}\n`).join(''));
  await shelf.write(FACTS, lines);
  const manifest: BackupManifest = {
    format: 1,
    stack,
    at: at.toISOString(),
    facts: { count: kept.length, sha256: hashOf(lines) },
    objects: hashes,
  };
  await shelf.write(MANIFEST, JSON.stringify(manifest, undefined, 2));
  return manifest;
}

/**
 * Reads a backup and checks it: facts against their hash, and every chain.
 *
 * @throws {BrokenBackupError} if it is not what was written
 */
export async function readBackup(shelf: Shelf): Promise<BackupContent> {
  const manifest = Manifest.parse(JSON.parse(Buffer.from(await shelf.read(MANIFEST)).toString()));
  const lines = await shelf.read(FACTS);
  requireHash(FACTS, hashOf(lines), manifest.facts.sha256);
  const facts = gunzipSync(lines)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Fact => JSON.parse(line));
  requireChains(facts);
  return { manifest, facts };
}

/** @throws {BrokenBackupError} if bytes have another hash than they should */
export function requireHash(name: string, found: string | undefined, expected: string): void {
  if (found === expected) return;
  throw new BrokenBackupError(`'${name}' has hash ${found ?? 'none'}, expected ${expected}`);
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Order of a backup: the same facts, the same bytes. */
function placeOf({ partition, sort }: Fact): string {
  return `${partition}\0${sort}`;
}

function requireChains(facts: readonly Fact[]): void {
  const aliases = facts.filter(({ partition }) => partition.startsWith('alias#'));
  for (const alias of new Set(aliases.map(({ partition }) => partition))) {
    const entries = aliases.filter(({ partition }) => partition === alias);
    const check = checkChain(entries.map(asEntry));
    if (check.intact) continue;
    throw new BrokenBackupError(`entry ${check.entry} of '${alias}': ${check.problem}`);
  }
}

const VersionFact = z.object({ model: z.string(), version: z.number(), sha256: z.string() });

function versionsIn(facts: readonly Fact[]): z.output<typeof VersionFact>[] {
  return facts
    .filter(({ partition, sort }) => partition.startsWith('model#') && sort.startsWith('version#'))
    .map((fact) => VersionFact.parse(fact));
}
