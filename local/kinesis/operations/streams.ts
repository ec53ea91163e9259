/** Operations that make, describe and delete streams. */
import * as z from 'zod';
import { AwsError } from '../../wire/aws-error.ts';
import type { Operations, Output } from '../../wire/operations.ts';
import { Named, name, read } from '../input.ts';
import type { StreamBook } from '../stream-book.ts';
import type { Stream } from '../stream.ts';
import { describeShard, describeStream } from './describe.ts';
import { Tags } from './tags.ts';

/** What accounts start with. */
const SHARD_LIMIT = 500;
const ON_DEMAND_LIMIT = 50;
/** A stream on demand begins with so many. */
export const ON_DEMAND_SHARDS = 4;

export const Mode = z.object({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) });

const Create = z.object({
  StreamName: name,
  ShardCount: z.int().min(1).max(100_000).nullish(),
  StreamModeDetails: Mode.nullish(),
  Tags: Tags.nullish(),
});
const Describe = Named.extend({
  Limit: z.int().min(1).max(10_000).nullish(),
  ExclusiveStartShardId: name.nullish(),
});
const List = z.object({
  Limit: z.int().min(1).max(10_000).nullish(),
  ExclusiveStartStreamName: name.nullish(),
  NextToken: name.nullish(),
});

export function streamOperations(book: StreamBook): Operations {
  return {
    async CreateStream(input) {
      const { StreamName, ShardCount, StreamModeDetails, ...more } = read(Create, input);
      if (book.get(StreamName) !== undefined) throw exists(StreamName, book);
      const mode = StreamModeDetails?.StreamMode ?? 'PROVISIONED';
      const shards = ShardCount ?? (mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : undefined);
      if (shards === undefined) throw noShardCount();
      requireRoom(book, shards);
      book.create({ name: StreamName, shards, mode, tags: more.Tags ?? {} });
      return {};
    },
    async DeleteStream(input) {
      book.delete(book.find(read(Named, input)).state.name);
      return {};
    },
    async DescribeStream(input) {
      const { Limit, ExclusiveStartShardId, ...reference } = read(Describe, input);
      const stream = book.find(reference);
      const after = stream.shards.filter(({ id }) => id > (ExclusiveStartShardId ?? ''));
      const shown = after.slice(0, Limit ?? 100);
      return {
        StreamDescription: {
          ...describeStream(stream, book),
          Shards: shown.map((shard) => describeShard(shard, stream)),
          HasMoreShards: shown.length < after.length,
        },
      };
    },
    async DescribeStreamSummary(input) {
      const stream = book.find(read(Named, input));
      const OpenShardCount = stream.openShards.length;
      const description = { ...describeStream(stream, book), OpenShardCount, ConsumerCount: 0 };
      return { StreamDescriptionSummary: description };
    },
    async ListStreams(input) {
      const { Limit, ExclusiveStartStreamName, NextToken } = read(List, input);
      const start = NextToken ?? ExclusiveStartStreamName ?? '';
      const after = book.all().filter(({ state }) => state.name > start);
      return listed(after, Limit ?? 100, book);
    },
    async DescribeLimits() {
      const streams = book.all();
      return {
        ShardLimit: SHARD_LIMIT,
        OpenShardCount: openShards(book),
        OnDemandStreamCount: streams.filter(({ state }) => state.mode === 'ON_DEMAND').length,
        OnDemandStreamCountLimit: ON_DEMAND_LIMIT,
      };
    },
  };
}

/**
 * Finds out whether the account may have so many shards more.
 *
 * @throws {AwsError} LimitExceededException if not
 */
export function requireRoom(book: StreamBook, more: number): void {
  const open = openShards(book);
  if (open + more <= SHARD_LIMIT) return;
  const { account, region } = book.place;
  throw new AwsError(
    'LimitExceededException',
    `This request would exceed the shard limit for the account ${account} in ${region}. ` +
      `Current shard count for the account: ${open}. Limit: ${SHARD_LIMIT}. ` +
      `Number of additional shards that would have resulted from this request: ${more}.`,
  );
}

function openShards(book: StreamBook): number {
  return book.all().reduce((sum, stream) => sum + stream.openShards.length, 0);
}

function listed(streams: readonly Stream[], limit: number, book: StreamBook): Output {
  const shown = streams.slice(0, limit);
  const HasMoreStreams = shown.length < streams.length;
  return {
    StreamNames: shown.map(({ state }) => state.name),
    StreamSummaries: shown.map((stream) => {
      const { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp } =
        describeStream(stream, book);
      return { StreamName, StreamARN, StreamStatus, StreamModeDetails, StreamCreationTimestamp };
    }),
    HasMoreStreams,
    ...(HasMoreStreams && { NextToken: shown.at(-1)?.state.name }),
  };
}

function exists(stream: string, { place }: StreamBook): AwsError {
  return new AwsError(
    'ResourceInUseException',
    `Stream ${stream} under account ${place.account} already exists.`,
  );
}

function noShardCount(): AwsError {
  return new AwsError(
    'InvalidArgumentException',
    'ShardCount must be provided for streams in PROVISIONED mode.',
  );
}
