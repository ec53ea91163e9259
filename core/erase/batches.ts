/** What batches have published about an entity: parts, rejects and samples, and who lists them. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../aws/objects.ts';
import { identifier, literal, rowOf, rowsOf, withDuckDb } from '../data/duckdb.ts';
import { layout } from '../model/layout.ts';
import type { Manifest, Part, Receipt } from '../score/manifest.ts';
import { withoutLines } from './lines.ts';
import { type Entity, mentions } from './mentions.ts';

export interface BatchErasure {
  readonly model: string;
  readonly entity: Entity;
  /** Rewrites nothing, and counts what it would. */
  readonly dryRun: boolean;
  /** Empty folder. */
  readonly scratch: string;
}

/** Objects by the key that they had, with what came in their place. */
type Rewritten = Map<string, Part | undefined>;

/**
 * Rewrites what jobs left. Receipts and manifests change in place, the only time that they do:
 * nothing may go on listing what was erased.
 *
 * @returns rows that went
 */
export async function eraseFromBatches(
  store: ObjectStore,
  { model, entity, dryRun, scratch }: BatchErasure,
): Promise<number> {
  const root = `${layout.predictions(model)}batch/`;
  const rewritten: Rewritten = new Map();
  let rows = 0;
  const rewrite = async (part: Part): Promise<void> => {
    if (rewritten.has(part.key)) return;
    const { body, dropped } = await thinned(store, part, entity, scratch);
    if (dropped === 0) return;
    rows += dropped;
    const next = body && partOf(part, body, part.rows - dropped);
    rewritten.set(part.key, next);
    if (!dryRun && next && body) await store.put(next.key, body);
  };
  const receipts = await readAll<Receipt>(store, `${root}receipts/`);
  for (const [, receipt] of receipts) {
    for (const part of [receipt.part, receipt.rejects, receipt.sample]) {
      if (part !== undefined) await rewrite(part);
    }
  }
  if (dryRun || rewritten.size === 0) return rows;
  for (const [key, receipt] of receipts) await put(store, key, receipt, ofReceipt(rewritten));
  for (const [key, manifest] of await readAll<Manifest>(store, `${root}manifests/`)) {
    await put(store, key, manifest, ofManifest(rewritten));
  }
  for (const [key, next] of rewritten) if (next?.key !== key) await store.remove(key);
  return rows;
}

async function readAll<T>(store: ObjectStore, prefix: string): Promise<[string, T][]> {
  const listed = await store.list(prefix);
  return Promise.all(
    listed.map(async ({ key }): Promise<[string, T]> => [key, await readJson<T>(store, key)]),
  );
}

async function readJson<T>(store: ObjectStore, key: string): Promise<T> {
  const document: T = JSON.parse(Buffer.from(await store.get(key)).toString());
  return document;
}

/** Writes a document again if it lists anything that was rewritten. */
async function put<T>(
  store: ObjectStore,
  key: string,
  document: T,
  change: (document: T) => T,
): Promise<void> {
  const before = JSON.stringify(document);
  const after = JSON.stringify(change(document));
  if (after !== before) await store.put(key, `${after}\n`, 'application/json');
}

function ofReceipt(rewritten: Rewritten): (receipt: Receipt) => Receipt {
  return ({ part, rejects, sample, ...receipt }) => {
    const [newPart, newRejects, newSample] = [part, rejects, sample].map(
      (one) => one && replaced(rewritten, one),
    );
    return {
      ...receipt,
      rows: newPart?.rows ?? 0,
      rejected: newRejects?.rows ?? 0,
      ...(newPart && { part: newPart }),
      ...(newRejects && { rejects: newRejects }),
      ...(newSample && { sample: newSample }),
    };
  };
}

function ofManifest(rewritten: Rewritten): (manifest: Manifest) => Manifest {
  const now = (parts: readonly Part[]): Part[] =>
    parts.map((part) => replaced(rewritten, part)).filter((part) => part !== undefined);
  return (manifest) => {
    const [parts, rejects] = [now(manifest.parts), now(manifest.rejects)];
    return {
      ...manifest,
      rows: manifest.rows - rowsIn(manifest.parts) + rowsIn(parts),
      rejected: manifest.rejected - rowsIn(manifest.rejects) + rowsIn(rejects),
      parts,
      rejects,
      samples: now(manifest.samples),
    };
  };
}

function rowsIn(parts: readonly Part[]): number {
  return parts.reduce((total, { rows }) => total + rows, 0);
}

function replaced(rewritten: Rewritten, part: Part): Part | undefined {
  return rewritten.has(part.key) ? rewritten.get(part.key) : part;
}

/** Under a key that says what is in it now. */
function partOf({ key, sha256 }: Part, body: Uint8Array, rows: number): Part {
  const hash = createHash('sha256').update(body).digest('hex');
  const next = key.replace(sha256.slice(0, 12), hash.slice(0, 12));
  return { key: next, sha256: hash, bytes: body.byteLength, rows };
}

interface ThinnedPart {
  readonly dropped: number;
  readonly body?: Uint8Array;
}

async function thinned(
  store: ObjectStore,
  { key }: Part,
  entity: Entity,
  scratch: string,
): Promise<ThinnedPart> {
  if (key.endsWith('.parquet')) return thinnedParquet(store, key, entity, scratch);
  const { dropped, ...rest } = withoutLines(key, await store.get(key), (record) =>
    mentions(record, entity),
  );
  return { ...rest, dropped: dropped.length };
}

async function thinnedParquet(
  store: ObjectStore,
  key: string,
  { id, feature }: Entity,
  scratch: string,
): Promise<ThinnedPart> {
  if (feature === undefined) return { dropped: 0 };
  const folder = await mkdtemp(join(scratch, 'part-'));
  const [from, to] = [join(folder, 'from.parquet'), join(folder, 'to.parquet')];
  await store.download(key, from);
  try {
    return await withDuckDb({ memoryMiB: 512, threads: 1, scratch: folder }, async (connection) => {
      const source = `read_parquet(${literal(from)})`;
      const columns = await rowsOf(connection, `describe select * from ${source}`);
      // The declaration says which columns a batch keeps; the entity need not be one of them.
      if (!columns.some(({ column_name: name }) => name === feature)) return { dropped: 0 };
      const isOne = `${identifier(feature)}::varchar is not distinct from ${literal(id)}`;
      const { dropped, left } = await rowOf(
        connection,
        `select (count(*) filter (${isOne}))::integer as dropped,
                (count(*) filter (not (${isOne})))::integer as left from ${source}`,
      );
      if (dropped === 0 || left === 0) return { dropped: Number(dropped) };
      await connection.run(
        `copy (select * from ${source} where not (${isOne})) to ${literal(to)} (format parquet, compression zstd)`,
      );
      return { dropped: Number(dropped), body: await readFile(to) };
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
