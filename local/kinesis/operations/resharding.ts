/** Operations that split and merge shards. */
import * as z from 'zod';
import type { Operations } from '../../wire/operations.ts';
import { couldNotFindShard, invalidArgument } from '../errors.ts';
import { areAdjacent, cutAt, fromDecimal, isWithin, toDecimal } from '../hash-range.ts';
import { hashKey, Named, name, read } from '../input.ts';
import { rescale } from '../rescale.ts';
import type { StreamBook } from '../stream-book.ts';
import type { Shard, Stream } from '../stream.ts';
import { requireRoom } from './streams.ts';

const Split = Named.extend({ ShardToSplit: name, NewStartingHashKey: hashKey });
const Merge = Named.extend({ ShardToMerge: name, AdjacentShardToMerge: name });
const UpdateCount = Named.extend({
  TargetShardCount: z.int().min(1),
  ScalingType: z.literal('UNIFORM_SCALING'),
});

export function reshardingOperations(book: StreamBook): Operations {
  return {
    async SplitShard(input) {
      const { ShardToSplit, NewStartingHashKey, ...reference } = read(Split, input);
      const stream = book.find(reference);
      const shard = openShard(stream, ShardToSplit, book);
      const key = fromDecimal(NewStartingHashKey);
      if (key === undefined || !isWithin(key, shard.keys)) {
        throw cannotSplit(NewStartingHashKey, shard, stream, book);
      }
      requireRoom(book, 1);
      stream.replace([shard], cutAt(key, shard.keys));
      return {};
    },
    async MergeShards(input) {
      const { ShardToMerge, AdjacentShardToMerge, ...reference } = read(Merge, input);
      const stream = book.find(reference);
      const one = openShard(stream, ShardToMerge, book);
      const other = openShard(stream, AdjacentShardToMerge, book);
      const [low, high] = one.keys.first < other.keys.first ? [one, other] : [other, one];
      if (!areAdjacent(low.keys, high.keys)) {
        throw invalidArgument(
          `Shards ${one.id} and ${other.id} in stream ${stream.state.name} under account ` +
            `${book.place.account} are not an adjacent pair of shards eligible for merging`,
        );
      }
      stream.replace([one, other], [{ first: low.keys.first, last: high.keys.last }]);
      return {};
    },
    async UpdateShardCount(input) {
      const { TargetShardCount, ScalingType: _, ...reference } = read(UpdateCount, input);
      const stream = book.find(reference);
      const current = stream.openShards.length;
      requireScale(current, TargetShardCount);
      requireRoom(book, TargetShardCount - current);
      rescale(stream, TargetShardCount);
      return {
        StreamName: stream.state.name,
        StreamARN: book.arnOf(stream.state.name),
        CurrentShardCount: current,
        TargetShardCount,
      };
    },
  };
}

function cannotSplit(key: string, { id, keys }: Shard, stream: Stream, { place }: StreamBook) {
  return invalidArgument(
    `NewStartingHashKey ${key} used in SplitShard() on shard ${id} in stream ` +
      `${stream.state.name} under account ${place.account} is not both greater than one plus ` +
      `the shard's StartingHashKey ${toDecimal(keys.first)} and less than the shard's ` +
      `EndingHashKey ${toDecimal(keys.last)}.`,
  );
}

function openShard(stream: Stream, shardId: string, { place }: StreamBook): Shard {
  const shard = stream.shards.find(({ id }) => id === shardId);
  const { name: streamName } = stream.state;
  if (shard === undefined) throw couldNotFindShard(shardId, streamName, place.account);
  if (shard.last === undefined) return shard;
  throw invalidArgument(
    `Shard ${shardId} in stream ${streamName} under account ${place.account} is closed; ` +
      'only open shards can be split or merged',
  );
}

function requireScale(current: number, target: number): void {
  if (target > current * 2) {
    throw invalidArgument(
      `UpdateShardCount cannot scale up over double your current open shard count. ` +
        `Current open shard count: ${current} Target shard count: ${target}`,
    );
  }
  if (target < current / 2) {
    throw invalidArgument(
      `UpdateShardCount cannot scale down below half your current open shard count. ` +
        `Current open shard count: ${current} Target shard count: ${target}`,
    );
  }
}
