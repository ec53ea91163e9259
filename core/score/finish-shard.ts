/** From a scored shard to its receipt: what is kept of the first child that gets there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ObjectStore } from '../aws/objects.ts';
import { batchKeys } from './keys.ts';
import type { Part, Receipt } from './manifest.ts';
import type { ScorePlan } from './plan.ts';
import type { ScoredShard } from './score-shard.ts';

/** Uploads what a shard gave and leaves the receipt. A second child's receipt is not written. */
export async function finishShard(
  store: ObjectStore,
  plan: ScorePlan,
  shard: number,
  scored: ScoredShard,
  vcpuSeconds: number,
): Promise<void> {
  const keys = batchKeys(plan.model);
  const { files, rows, rejected, sampled } = scored;
  const partition = plan.shards[shard]!.partition;
  const upload = async (
    file: string,
    count: number,
    keyOf: (sha256: string) => string,
  ): Promise<Part | undefined> => {
    if (count === 0) return undefined;
    const sha256 = await sha256Of(file);
    const key = keyOf(sha256);
    await store.upload(file, key);
    return { key, sha256, bytes: (await stat(file)).size, rows: count };
  };
  const { job } = plan;
  const part = await upload(files.part, rows, (sha) => keys.part(partition, job, shard, sha));
  const rejects = await upload(files.rejects, rejected, (sha) =>
    keys.rejects(partition, job, shard, sha),
  );
  const sample = await upload(files.sample, sampled, (sha) => keys.sample(job, shard, sha));
  const receipt: Receipt = {
    shard,
    rows,
    rejected,
    ...(part && { part }),
    ...(rejects && { rejects }),
    ...(sample && { sample }),
    vcpuSeconds: Math.round(vcpuSeconds * 100) / 100,
  };
  await store.putIfAbsent(keys.receipt(job, shard), JSON.stringify(receipt), 'application/json');
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
