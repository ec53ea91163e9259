/** GetShardIterator and GetRecords. */
import * as z from 'zod';
import { AwsError } from '../../wire/aws-error.ts';
import { timestamp } from '../../wire/input.ts';
import type { Operations } from '../../wire/operations.ts';
import { invalidArgument, noSuchShard } from '../errors.ts';
import { Named, name, read, sequenceNumber } from '../input.ts';
import { iteratorOf, type Position, readIterator } from '../iterator.ts';
import type { StreamBook } from '../stream-book.ts';
import type { ReadRecord, Shard, Stream } from '../stream.ts';
import { hashKeyRangeOf } from './describe.ts';

const IteratorType = z.enum([
  'AFTER_SEQUENCE_NUMBER',
  'AT_SEQUENCE_NUMBER',
  'AT_TIMESTAMP',
  'LATEST',
  'TRIM_HORIZON',
]);
type IteratorType = z.infer<typeof IteratorType>;
const GetIterator = Named.extend({
  ShardId: name,
  ShardIteratorType: IteratorType,
  StartingSequenceNumber: sequenceNumber.nullish(),
  Timestamp: timestamp.nullish(),
});
type IteratorInput = z.infer<typeof GetIterator>;

const Get = z.object({
  ShardIterator: z.string().min(1).max(512),
  Limit: z.int().min(1).max(10_000).nullish(),
});

/** The shard that is read. */
interface Place {
  readonly book: StreamBook;
  readonly stream: Stream;
  readonly shard: Shard;
}

/** What one answer holds at most. */
const MOST = { records: 10_000, bytes: 10 * 2 ** 20 };
const ITERATOR_LIFE_MS = 300_000;

export function readOperations(book: StreamBook): Operations {
  return {
    async GetShardIterator(input) {
      const wanted = read(GetIterator, input);
      const stream = book.find(wanted);
      const shard = shardOf(stream, wanted.ShardId, book);
      const next = STARTS[wanted.ShardIteratorType](wanted, { book, stream, shard });
      const { name: streamName } = stream.state;
      const at = book.now();
      return { ShardIterator: iteratorOf({ stream: streamName, shardId: shard.id, next, at }) };
    },
    async GetRecords(input) {
      const { ShardIterator, Limit } = read(Get, input);
      const position = livePosition(ShardIterator, book.now());
      const stream = book.get(position.stream);
      if (stream === undefined) throw missing(position, book);
      const shard = shardOf(stream, position.shardId, book);
      const limits = { ...MOST, records: Limit ?? MOST.records };
      const { records, next, behindMs } = stream.read(shard, position.next, limits);
      const ended = shard.last !== undefined && next >= shard.last;
      return {
        Records: records.map(recordOf),
        MillisBehindLatest: behindMs,
        ...(ended
          ? { ChildShards: childrenOf(shard, stream) }
          : { NextShardIterator: iteratorOf({ ...position, next, at: book.now() }) }),
      };
    },
  };
}

/** Where to begin to read, by the type of the iterator. */
const STARTS: Readonly<Record<IteratorType, (input: IteratorInput, at: Place) => number>> = {
  TRIM_HORIZON: (_, { shard }) => shard.first,
  LATEST: (_, { stream }) => stream.next,
  AT_SEQUENCE_NUMBER: countIn,
  AFTER_SEQUENCE_NUMBER: (input, at) => countIn(input, at) + 1,
  AT_TIMESTAMP: (input, { stream, shard, book }) => stream.firstSince(shard, timeIn(input, book)),
};

function countIn(
  { StartingSequenceNumber: text, ShardIteratorType: type }: IteratorInput,
  { stream, shard, book: { place } }: Place,
): number {
  if (typeof text !== 'string') {
    throw invalidArgument(
      `Must either specify timestamp or starting sequence number for iterator type ${type}.`,
    );
  }
  const count = stream.numbers.read(text);
  const isOurs = count !== undefined && count >= shard.first && count <= (shard.last ?? Infinity);
  if (isOurs) return count;
  throw invalidArgument(
    `StartingSequenceNumber ${text} used in GetShardIterator on shard ${shard.id} in stream ` +
      `${stream.state.name} under account ${place.account} is invalid because it did not come ` +
      'from this stream.',
  );
}

function timeIn({ Timestamp: time }: IteratorInput, book: StreamBook): number {
  if (!time) throw invalidArgument('Must specify timestampInMillis parameter for AT_TIMESTAMP.');
  const [at, now] = [time.getTime(), book.now()];
  if (at <= now) return at;
  throw invalidArgument(
    'The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. ' +
      `timestampInMillis: ${at}, currentTimestampInMillis: ${now}`,
  );
}

function livePosition(iterator: string, now: number): Position {
  const position = readIterator(iterator);
  if (position === undefined) throw invalidArgument('Invalid ShardIterator.');
  if (now - position.at <= ITERATOR_LIFE_MS) return position;
  throw new AwsError(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${new Date(position.at).toISOString()} ` +
      `while right now it is ${new Date(now).toISOString()} which is further in the future than ` +
      `the tolerated delay of ${ITERATOR_LIFE_MS} milliseconds.`,
  );
}

function shardOf(stream: Stream, shardId: string, book: StreamBook): Shard {
  const shard = stream.shards.find(({ id }) => id === shardId);
  if (shard === undefined) throw missing({ stream: stream.state.name, shardId }, book);
  return shard;
}

function missing({ stream, shardId }: Pick<Position, 'stream' | 'shardId'>, book: StreamBook) {
  return noSuchShard(shardId, stream, book.place.account);
}

function recordOf({ sequenceNumber: number, partitionKey, data, arrivedAt }: ReadRecord) {
  return {
    SequenceNumber: number,
    PartitionKey: partitionKey,
    Data: Buffer.from(data, 'base64'),
    ApproximateArrivalTimestamp: arrivedAt,
  };
}

function childrenOf({ id }: Shard, stream: Stream) {
  return stream.shards
    .filter(({ parentIds }) => parentIds.includes(id))
    .map((shard) => ({
      ShardId: shard.id,
      ParentShards: shard.parentIds,
      HashKeyRange: hashKeyRangeOf(shard),
    }));
}
