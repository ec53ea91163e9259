/** Events into a model's stream, and its predictions out of the other. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { setTimeout as wait } from 'node:timers/promises';
import type { Report } from '../terminal.ts';

export interface StreamEvent {
  readonly partitionKey: string;
  readonly data: string;
}

const BATCH = 500;
const POLL_MS = 200;

/** Puts events in order; those that the stream refuses are put again. */
export async function pushEvents(
  stream: string,
  events: readonly StreamEvent[],
  report: Report,
): Promise<void> {
  const kinesis = new KinesisClient();
  for (let start = 0; start < events.length; start += BATCH) {
    let waiting = events.slice(start, start + BATCH);
    while (waiting.length > 0) {
      const answer = await kinesis.send(
        new PutRecordsCommand({
          StreamName: stream,
          Records: waiting.map(({ partitionKey, data }) => ({
            PartitionKey: partitionKey,
            Data: Buffer.from(data),
          })),
        }),
      );
      const refused = waiting.filter((_, at) => answer.Records?.[at]?.ErrorCode !== undefined);
      if (refused.length === waiting.length) await wait(POLL_MS);
      waiting = refused;
    }
    report(`${Math.min(start + BATCH, events.length)} of ${events.length} pushed`);
  }
}

/**
 * Reads what is put on a stream from `since` on, until `isDone` says so.
 *
 * @throws {Error} if that has not come after `timeoutMs`
 */
export async function readStream(
  stream: string,
  since: Date,
  isDone: (records: readonly string[]) => boolean,
  timeoutMs: number,
): Promise<string[]> {
  const kinesis = new KinesisClient();
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: stream }));
  const iterators = new Map<string, string | undefined>();
  for (const { ShardId = '' } of Shards) {
    const answer = await kinesis.send(
      new GetShardIteratorCommand({
        StreamName: stream,
        ShardId,
        ShardIteratorType: 'AT_TIMESTAMP',
        Timestamp: since,
      }),
    );
    iterators.set(ShardId, answer.ShardIterator);
  }
  const records: string[] = [];
  const deadline = performance.now() + timeoutMs;
  while (!isDone(records)) {
    if (performance.now() > deadline) {
      throw new Error(
        `stream '${stream}' gave ${records.length} records in ${timeoutMs / 1000} s, fewer than expected; ` +
          'look at the logs of the consume function',
      );
    }
    for (const [shard, ShardIterator] of iterators) {
      if (ShardIterator === undefined) continue;
      const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      iterators.set(shard, answer.NextShardIterator);
      records.push(...(answer.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
    }
    await wait(POLL_MS);
  }
  return records;
}
