/** Batches that the stream's reader gave up: where they lie, and the records themselves. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  type _Record as KinesisRecord,
} from '@aws-sdk/client-kinesis';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { RecordAgain } from './consume-again.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
const Message = z.object({
  requestContext: z.object({ condition: z.string() }),
  KinesisBatchInfo: z.object({
    shardId: z.string(),
    startSequenceNumber: z.string(),
    endSequenceNumber: z.string(),
    batchSize: z.number(),
    streamArn: z.string(),
  }),
});

export interface GivenUp extends z.infer<typeof Message> {
  /** Takes the batch off the queue. */
  done(): Promise<void>;
}

/** Long enough to send a batch again; what is not done comes back after it. */
const VISIBILITY_SECONDS = 300;

/**
 * Reads a queue of failures until it gives no more.
 *
 * @yields batches; messages of another kind stay where they are
 */
export async function* givenUp(QueueUrl: string): AsyncGenerator<GivenUp> {
  const sqs = new SQSClient();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: VISIBILITY_SECONDS,
      }),
    );
    if (Messages.length === 0) return;
    for (const { Body = '', ReceiptHandle } of Messages) {
      const message = Message.safeParse(jsonOf(Body));
      if (!message.success) continue;
      yield {
        ...message.data,
        done: async () => {
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        },
      };
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the records of a batch; fewer than it had where some have left the stream since. */
export async function recordsOf({ KinesisBatchInfo: batch }: GivenUp): Promise<RecordAgain[]> {
  const stream = batch.streamArn.slice(batch.streamArn.lastIndexOf('/') + 1);
  const end = BigInt(batch.endSequenceNumber);
  const records: RecordAgain[] = [];
  for await (const record of readShard(stream, batch.shardId, batch.startSequenceNumber)) {
    const { SequenceNumber = '', PartitionKey = '', Data, ApproximateArrivalTimestamp } = record;
    if (BigInt(SequenceNumber) > end) break;
    records.push({
      stream,
      shard: batch.shardId,
      sequenceNumber: SequenceNumber,
      partitionKey: PartitionKey,
      arrivedAt: ApproximateArrivalTimestamp!.toISOString(),
      data: Buffer.from(Data ?? []).toString('base64'),
    });
    if (BigInt(SequenceNumber) === end) break;
  }
  return records;
}

async function* readShard(
  StreamName: string,
  ShardId: string,
  StartingSequenceNumber: string,
): AsyncGenerator<KinesisRecord> {
  const kinesis = new KinesisClient();
  const from = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber } as const;
  const first = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId, ...from }));
  for (let { ShardIterator } = first; ShardIterator !== undefined;) {
    const page = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    yield* page.Records ?? [];
    if (page.Records?.length === 0 && page.MillisBehindLatest === 0) return;
    ShardIterator = page.NextShardIterator;
  }
}
