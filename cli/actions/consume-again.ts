/** Records to a model's consumer once more, as its stream would bring them. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { placeOf } from '../../core/serve/event.ts';
import { outputOf, type Target } from '../target.ts';

export interface RecordAgain {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly part?: number;
  readonly partitionKey: string;
  /** ISO 8601, UTC. */
  readonly arrivedAt: string;
  /** Base64. */
  readonly data: string;
}

export interface ConsumedAgain<Record> {
  readonly answered: readonly Record[];
  /** In the quarantine, now or still. */
  readonly quarantined: readonly Record[];
}

/** What one call takes: Lambda's limit is 6 MB. */
const MOST_RECORDS = 500;
const MOST_BYTES = 4_000_000;

const Answer = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })),
  quarantined: z.array(z.string()),
});

/**
 * Calls the consumer itself and not its stream, where the records would get other sequence numbers
 * and so other ids.
 *
 * @yields what became of one batch after the other
 * @throws {Error} if the consumer could not finish a batch, after what it did of it was told
 */
export async function* consumeAgain<Record extends RecordAgain>(
  target: Target,
  model: string,
  records: readonly Record[],
): AsyncGenerator<ConsumedAgain<Record>> {
  const lambda = new LambdaClient();
  const FunctionName = target.output(outputOf(model, 'ConsumeFunction'));
  for (const batch of batchesOf(records)) {
    const Payload = Buffer.from(JSON.stringify({ Records: batch.map(kinesisRecord) }));
    const called = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
    const text = Buffer.from(called.Payload ?? []).toString();
    if (called.FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
    const { batchItemFailures, quarantined } = Answer.parse(JSON.parse(text));
    const failed = batchItemFailures[0]?.itemIdentifier;
    const end = batch.findIndex(({ sequenceNumber }) => sequenceNumber === failed);
    const done = end < 0 ? batch : batch.slice(0, end);
    const aside = new Set(quarantined);
    yield {
      answered: done.filter((record) => !aside.has(placeOf(record))),
      quarantined: done.filter((record) => aside.has(placeOf(record))),
    };
    if (failed !== undefined) {
      throw new Error(`${FunctionName} stopped at record ${failed}; its log says why`);
    }
  }
}

function* batchesOf<Record extends RecordAgain>(records: readonly Record[]): Generator<Record[]> {
  let batch: Record[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.data.length + 1000;
    if (batch.length === MOST_RECORDS || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function kinesisRecord(record: RecordAgain) {
  const { stream, sequenceNumber, partitionKey, arrivedAt, data } = record;
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data,
      approximateArrivalTimestamp: Date.parse(arrivedAt) / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: placeOf(record),
    eventName: 'aws:kinesis:record',
    eventSourceARN: `arn:aws:kinesis:::stream/${stream}`,
  };
}
