/** Keys below `predictions/<model>/batch/`. Nothing there counts before a manifest lists it. */
import { createHash } from 'node:crypto';
import { layout } from '../model/layout.ts';

/**
 * A *job* is one input as it was listed, scored by one version; its name is their fingerprint, so
 * that whoever is asked for the same finds what others have done already.
 */
export function batchKeys(model: string) {
  const root = `${layout.predictions(model)}batch/`;
  return {
    plan: (job: string) => `${root}plans/${job}.json`,
    receipts: (job: string) => `${root}receipts/${job}/`,
    receipt: (job: string, shard: number) => `${root}receipts/${job}/${nameOf(shard)}.json`,
    /** Named by its content too: of two children that differ, the receipt says which one counts. */
    part: (partition: string, job: string, shard: number, sha256: string) =>
      `${root}parts/${inFolder(partition)}${job}-${nameOf(shard)}-${sha256.slice(0, 12)}.parquet`,
    rejects: (partition: string, job: string, shard: number, sha256: string) =>
      `${root}rejects/${inFolder(partition)}${job}-${nameOf(shard)}-${sha256.slice(0, 12)}.jsonl.gz`,
    sample: (job: string, shard: number, sha256: string) =>
      `${root}samples/${job}/${nameOf(shard)}-${sha256.slice(0, 12)}.jsonl.gz`,
    manifests: (input: string) => `${root}manifests/${inFolder(input)}`,
    manifest: (input: string, number: number) =>
      `${root}manifests/${inFolder(input)}${String(number).padStart(8, '0')}.json`,
  } as const;
}

/** @param again makes it another job than the one that was done already */
export function jobOf(fingerprint: string, version: number, again = ''): string {
  const hash = createHash('sha256').update(`${fingerprint}/${version}/${again}`);
  return hash.digest('hex').slice(0, 16);
}

function nameOf(shard: number): string {
  return String(shard).padStart(5, '0');
}

function inFolder(path: string): string {
  return path === '' ? '' : `${path}/`;
}
