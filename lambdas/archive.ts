/** Keeps what the predictions stream carries: one gzip object a batch, day and source. */
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import type { ObjectStore } from '../core/aws/objects.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { requireEnv } from '../core/env.ts';
import { archiveRecords } from '../core/serve/archive-records.ts';
import { recentIds } from '../core/serve/recent-ids.ts';
import { recordsOf } from './kinesis.ts';
import { openedOnce } from './opened-once.ts';
import { type Telemetry, functionTelemetry } from './telemetry.ts';

export interface ArchiveParts {
  readonly model: string;
  readonly objects: Pick<ObjectStore, 'putIfAbsent'>;
  readonly telemetry: Telemetry;
}

export type ArchiveHandler = (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse>;

export function createHandler({ model, objects, telemetry }: ArchiveParts): ArchiveHandler {
  // Copies mostly come within minutes of each other, and so to the same sandbox.
  const kept = recentIds();
  return async (event) => {
    const records = recordsOf(event);
    const { objects: archived, strangers } = archiveRecords(model, records, kept.has);
    // A failed write fails the batch: it comes again, and finds what was written already.
    for (const { key, body, ids } of archived) {
      await objects.putIfAbsent(key, body, 'application/gzip');
      kept.add(ids);
    }
    if (strangers.length > 0) {
      telemetry.count('RejectedRecords', strangers.length);
      const { shard, sequenceNumber } = strangers[0]!;
      telemetry.warn('records passed over that are no predictions of this model', {
        records: strangers.length,
        shard,
        firstSequenceNumber: sequenceNumber,
      });
    }
    const last = records.at(-1);
    if (last) telemetry.publish(last.arrivedAt);
    return { batchItemFailures: [] };
  };
}

export const handler: ArchiveHandler = openedOnce(async () => {
  const model = requireEnv('MODEL');
  const objects = s3Objects(requireEnv('BUCKET'));
  return createHandler({ model, objects, telemetry: functionTelemetry('archive', model) });
});
