/** The region's Kinesis as a source of events. */
import * as z from 'zod';
import type { EventStream } from './stream.ts';

/** Runs an operation of Kinesis without the network, with JSON as the service's own protocol has it. */
export type KinesisCall = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

const ListedShards = z.object({
  Shards: z.array(
    z.object({
      ShardId: z.string(),
      ParentShardId: z.string().nullish(),
      AdjacentParentShardId: z.string().nullish(),
      SequenceNumberRange: z.object({ EndingSequenceNumber: z.string().nullish() }),
    }),
  ),
  NextToken: z.string().nullish(),
});

const ShardIterator = z.object({ ShardIterator: z.string() });

const Records = z.object({
  Records: z.array(
    z.object({
      SequenceNumber: z.string(),
      PartitionKey: z.string(),
      Data: z.string(),
      ApproximateArrivalTimestamp: z.number(),
    }),
  ),
});

/**
 * @param onArrival tells a listener of the streams, by name, that records were put to
 */
export function createKinesisStream(
  call: KinesisCall,
  onArrival?: (listener: (streamName: string) => void) => () => void,
): EventStream {
  const stream: EventStream = {
    async shards(streamArn) {
      const StreamName = nameOf(streamArn);
      const found = [];
      let page: Record<string, unknown> = { StreamName };
      for (;;) {
        const { Shards, NextToken } = ListedShards.parse(await call('ListShards', page));
        found.push(...Shards);
        if (!NextToken) break;
        page = { NextToken };
      }
      return found.map((shard) => ({
        id: shard.ShardId,
        parentIds: [shard.ParentShardId, shard.AdjacentParentShardId].filter(
          (id): id is string => typeof id === 'string',
        ),
        closed: typeof shard.SequenceNumberRange.EndingSequenceNumber === 'string',
      }));
    },
    async read(streamArn, shardId, after, limit) {
      const position =
        after === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after };
      const iterator = ShardIterator.parse(
        await call('GetShardIterator', {
          StreamName: nameOf(streamArn),
          ShardId: shardId,
          ...position,
        }),
      );
      const page = Records.parse(await call('GetRecords', { ...iterator, Limit: limit }));
      return page.Records.map((record) => ({
        sequenceNumber: record.SequenceNumber,
        partitionKey: record.PartitionKey,
        data: record.Data,
        arrivedAt: new Date(record.ApproximateArrivalTimestamp * 1000),
      }));
    },
  };
  if (onArrival === undefined) return stream;
  return {
    ...stream,
    onArrival: (streamArn, listener) =>
      onArrival((name) => {
        if (name === nameOf(streamArn)) listener();
      }),
  };
}

function nameOf(streamArn: string): string {
  return streamArn.slice(streamArn.indexOf('/') + 1);
}
