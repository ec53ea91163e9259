/** Streams and shards as Kinesis shows them. */
import type { Output } from '../../wire/operations.ts';
import { toDecimal } from '../hash-range.ts';
import type { StreamBook } from '../stream-book.ts';
import type { Shard, Stream } from '../stream.ts';

/** What all descriptions of a stream have in common. Streams are active from their making on. */
export function describeStream(stream: Stream, book: StreamBook): Output {
  const { name, createdAt, mode, retentionHours, kmsKey } = stream.state;
  return {
    StreamName: name,
    StreamARN: book.arnOf(name),
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: mode },
    StreamCreationTimestamp: new Date(createdAt),
    RetentionPeriodHours: retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    ...encryptionOf(stream),
    ...(kmsKey !== undefined && { KeyId: kmsKey }),
  };
}

export function encryptionOf({ state: { kmsKey } }: Stream): Output {
  return { EncryptionType: kmsKey === undefined ? 'NONE' : 'KMS' };
}

export function describeShard(shard: Shard, { numbers }: Stream): Output {
  const [parent, adjacent] = shard.parentIds;
  return {
    ShardId: shard.id,
    ParentShardId: parent,
    AdjacentParentShardId: adjacent,
    HashKeyRange: hashKeyRangeOf(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: numbers.write(shard.first),
      EndingSequenceNumber: shard.last === undefined ? undefined : numbers.write(shard.last),
    },
  };
}

export function hashKeyRangeOf({ keys }: Shard): Output {
  return { StartingHashKey: toDecimal(keys.first), EndingHashKey: toDecimal(keys.last) };
}
