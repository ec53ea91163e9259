/** Makes the output of a job visible, once all of its shards are there. */
import type { ObjectStore } from '../aws/objects.ts';
import { DataError } from '../data/errors.ts';
import { dayOf, layout } from '../model/layout.ts';
import { listReceipts, publishManifest, type Manifest, type Receipt } from './manifest.ts';
import type { ScorePlan } from './plan.ts';

export interface Publication {
  readonly plan: ScorePlan;
  readonly runId: string;
  readonly asOf: Date;
  readonly maximumRejectedShare: number;
}

/**
 * Publishes a job, or finds that it is published.
 *
 * @throws {Error} if a shard is not done
 * @throws {DataError} if too many rows were rejected
 */
export async function publishJob(
  store: ObjectStore,
  { plan, runId, asOf, maximumRejectedShare }: Publication,
): Promise<Manifest> {
  const { model, version, job, input, fingerprint, objects } = plan;
  const receipts = await allReceipts(store, plan);
  const rows = sum(receipts.map((receipt) => receipt.rows));
  const rejected = sum(receipts.map((receipt) => receipt.rejected));
  const rejects = receipts.flatMap((receipt) => receipt.rejects ?? []);
  if (rejected > maximumRejectedShare * (rows + rejected)) {
    throw new DataError(
      `${rejected} of ${rows + rejected} rows were rejected, more than the declared share of ` +
        `${maximumRejectedShare}, so nothing is published; see '${rejects[0]?.key}' for the reasons`,
    );
  }
  const manifest = await publishManifest(store, {
    model,
    version,
    job,
    runId,
    asOf: asOf.toISOString(),
    input,
    fingerprint,
    inputs: objects,
    rows,
    rejected,
    vcpuSeconds: Math.round(sum(receipts.map(({ vcpuSeconds }) => vcpuSeconds)) * 100) / 100,
    parts: receipts.flatMap((receipt) => receipt.part ?? []),
    rejects,
    samples: receipts.flatMap((receipt) => receipt.sample ?? []),
  });
  await handToMonitors(store, manifest);
  return manifest;
}

async function allReceipts(store: ObjectStore, plan: ScorePlan): Promise<Receipt[]> {
  const receipts = await listReceipts(store, plan.model, plan.job);
  return plan.shards.map((_, shard) => {
    const receipt = receipts.get(shard);
    if (receipt === undefined) {
      throw new Error(`shard ${shard} of job '${plan.job}' is not scored yet; score again`);
    }
    return receipt;
  });
}

/** Copies the samples to where monitors read records; done again, it leaves the same bytes. */
export async function handToMonitors(store: ObjectStore, manifest: Manifest): Promise<void> {
  const { model, job, asOf, samples } = manifest;
  const folder = layout.predictionsOf(model, dayOf(new Date(asOf)));
  for (const [at, { key }] of samples.entries()) {
    // One after the other: together they may be as many as there are shards.
    // oxlint-disable-next-line no-await-in-loop
    await store.put(
      `${folder}batch-${job}-${at}.jsonl.gz`,
      await store.get(key),
      'application/gzip',
    );
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
