/** A backup put back into a stack: the same versions, the same champions, the same history. */
import { isDeepStrictEqual } from 'node:util';
import type { Fact, FactTable } from '../aws/facts.ts';
import type { ObjectStore } from '../aws/objects.ts';
import { type BackupManifest, hashOf, readBackup, requireHash, type Shelf } from './backup.ts';
import { RestoreConflictError } from './errors.ts';

export interface RestoreTarget {
  readonly facts: Pick<FactTable, 'get' | 'putIfAbsent'>;
  readonly objects: Pick<ObjectStore, 'get' | 'putIfAbsent'>;
}

/**
 * Adds what a backup has. Files come before facts and aliases come last, so that no alias ever
 * stands on what is not there yet; done again, it goes on where it stopped.
 *
 * @throws {BrokenBackupError} before anything is written, if the backup does not hold
 * @throws {RestoreConflictError} before anything is written, if the stack knows otherwise
 */
export async function restore(
  { facts, objects }: RestoreTarget,
  shelf: Shelf,
): Promise<BackupManifest> {
  const backup = await readBackup(shelf);
  const files = Object.entries(backup.manifest.objects);
  for (const [key, sha256] of files) requireHash(key, hashOf(await shelf.read(key)), sha256);
  for (const fact of backup.facts) await requireRoom(facts, fact);
  for (const [key, sha256] of files) {
    const written = await objects.putIfAbsent(key, await shelf.read(key));
    if (!written) requireHash(key, hashOf(await objects.get(key)), sha256);
  }
  for (const fact of backup.facts.toSorted(aliasesLast)) {
    // Somebody else may have come since it was looked at.
    if (!(await facts.putIfAbsent(fact))) await requireRoom(facts, fact);
  }
  return backup.manifest;
}

async function requireRoom({ get }: Pick<FactTable, 'get'>, fact: Fact): Promise<void> {
  const there = await get(fact);
  if (there === undefined || isDeepStrictEqual(there, fact)) return;
  throw new RestoreConflictError(fact.partition, fact.sort);
}

/** Entries of an alias stay in their order, which is that of the backup. */
function aliasesLast(a: Fact, b: Fact): number {
  return Number(a.partition.startsWith('alias#')) - Number(b.partition.startsWith('alias#'));
}
