/** What makes a job's output visible, all of it at once. */
import type { ObjectStore, StoredObject } from '../aws/objects.ts';
import { batchKeys } from './keys.ts';

/** One object of a job's output. */
export interface Part {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** What a shard's child leaves: its last word, since of two children the first one's stays. */
export interface Receipt {
  readonly shard: number;
  readonly rows: number;
  readonly rejected: number;
  /** Undefined where no row could be scored. */
  readonly part?: Part;
  readonly rejects?: Part;
  /** Records for the monitors. */
  readonly sample?: Part;
  readonly vcpuSeconds: number;
}

export interface Manifest {
  /** From 1; the highest one of an input is what holds. */
  readonly number: number;
  readonly model: string;
  readonly version: number;
  readonly job: string;
  readonly runId: string;
  readonly asOf: string;
  readonly input: string;
  readonly fingerprint: string;
  readonly inputs: readonly StoredObject[];
  readonly rows: number;
  readonly rejected: number;
  readonly vcpuSeconds: number;
  readonly parts: readonly Part[];
  readonly rejects: readonly Part[];
  readonly samples: readonly Part[];
}

/** Every manifest of an input, oldest first. */
export async function listManifests(
  store: ObjectStore,
  model: string,
  input: string,
): Promise<Manifest[]> {
  const prefix = batchKeys(model).manifests(input);
  const keys = (await store.list(prefix))
    .map(({ key }) => key)
    // Other inputs may lie below this one.
    .filter((key) => /^\d{8}\.json$/.test(key.slice(prefix.length)));
  return Promise.all(keys.map((key) => readManifest(store, key)));
}

/** The manifest that holds for an input; undefined if nothing was published. */
export async function newestManifest(
  store: ObjectStore,
  model: string,
  input: string,
): Promise<Manifest | undefined> {
  const prefix = batchKeys(model).manifests(input);
  const newest = (await store.list(prefix)).findLast(({ key }) =>
    /^\d{8}\.json$/.test(key.slice(prefix.length)),
  );
  return newest && readManifest(store, newest.key);
}

/**
 * Publishes a manifest as the next of its input, by one conditional write. Of a job that was
 * published already, nothing is written.
 *
 * @returns the job's one manifest
 */
export async function publishManifest(
  store: ObjectStore,
  content: Omit<Manifest, 'number'>,
): Promise<Manifest> {
  const { model, input, job } = content;
  for (;;) {
    // One after the other: whoever loses the race looks again at what is there.
    // oxlint-disable-next-line no-await-in-loop
    const known = await listManifests(store, model, input);
    const same = known.find((manifest) => manifest.job === job);
    if (same !== undefined) return same;
    const manifest = { ...content, number: (known.at(-1)?.number ?? 0) + 1 };
    const key = batchKeys(model).manifest(input, manifest.number);
    // One line, as Athena reads JSON.
    const body = `${JSON.stringify(manifest)}\n`;
    // oxlint-disable-next-line no-await-in-loop
    if (await store.putIfAbsent(key, body, 'application/json')) return manifest;
  }
}

/** Says whether a shard is done, without a look at the others' receipts. */
export async function hasReceipt(
  store: ObjectStore,
  { model, job }: { readonly model: string; readonly job: string },
  shard: number,
): Promise<boolean> {
  return (await store.list(batchKeys(model).receipt(job, shard))).length > 0;
}

/** Receipts of the shards that are done, by shard. */
export async function listReceipts(
  store: ObjectStore,
  model: string,
  job: string,
): Promise<ReadonlyMap<number, Receipt>> {
  const keys = (await store.list(batchKeys(model).receipts(job))).map(({ key }) => key);
  const receipts = await Promise.all(keys.map((key) => readReceipt(store, key)));
  return new Map(receipts.map((receipt) => [receipt.shard, receipt]));
}

async function readManifest(store: ObjectStore, key: string): Promise<Manifest> {
  const manifest: Manifest = JSON.parse(new TextDecoder().decode(await store.get(key)));
  return manifest;
}

async function readReceipt(store: ObjectStore, key: string): Promise<Receipt> {
  const receipt: Receipt = JSON.parse(new TextDecoder().decode(await store.get(key)));
  return receipt;
}
