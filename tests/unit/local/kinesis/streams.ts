/** Kinesis without a port, for the tests of this folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { listingOperations } from '../../../../local/kinesis/operations/list-shards.ts';
import { putOperations } from '../../../../local/kinesis/operations/puts.ts';
import { readOperations } from '../../../../local/kinesis/operations/reads.ts';
import { settingOperations } from '../../../../local/kinesis/operations/settings.ts';
import { reshardingOperations } from '../../../../local/kinesis/operations/resharding.ts';
import { streamOperations } from '../../../../local/kinesis/operations/streams.ts';
import { tagOperations } from '../../../../local/kinesis/operations/tags.ts';
import { StreamBook } from '../../../../local/kinesis/stream-book.ts';
import { VirtualClock } from '../../../../local/virtual-clock.ts';
import { ADMINISTRATOR } from '../../../../local/wire/caller.ts';

export const place = { account: '123456789012', region: 'us-east-1', partition: 'aws' } as const;
export const start = new Date('2001-05-01T12:00:00Z');

export interface Record {
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
  readonly Data: Uint8Array;
  readonly ApproximateArrivalTimestamp: Date;
}

export interface Page {
  readonly Records: readonly Record[];
  readonly NextShardIterator?: string;
  readonly MillisBehindLatest: number;
  readonly ChildShards?: readonly { readonly ShardId: string }[];
}

export interface ListedShard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: {
    readonly StartingSequenceNumber: string;
    readonly EndingSequenceNumber?: string;
  };
}

/** Streams of a folder that is made anew for each test, on a clock that stands. */
export class Streams {
  book!: StreamBook;
  clock!: VirtualClock;
  readonly puts: unknown[][] = [];
  #folder = '';

  constructor() {
    beforeEach(() => {
      this.#folder = mkdtempSync(join(tmpdir(), 'streams-'));
      this.clock = new VirtualClock(start);
      this.book = new StreamBook(this.#folder, place, this.clock);
      this.puts.length = 0;
    });
    afterEach(() => {
      this.book.close();
      rmSync(this.#folder, { recursive: true });
    });
  }

  /** What a kill and a new start make of the streams. */
  reopen(): void {
    this.book.close();
    this.book = new StreamBook(this.#folder, place, this.clock);
  }

  /** Runs an operation as a client would. */
  async call<Answer>(operation: string, input: object): Promise<Answer> {
    const operations = {
      ...streamOperations(this.book),
      ...listingOperations(this.book),
      ...reshardingOperations(this.book),
      ...settingOperations(this.book),
      ...tagOperations(this.book),
      ...putOperations(this.book, (...put) => this.puts.push(put)),
      ...readOperations(this.book),
    };
    return (await operations[operation]!({ ...input }, ADMINISTRATOR)) as Answer;
  }

  create(StreamName: string, ShardCount = 1): Promise<unknown> {
    return this.call('CreateStream', { StreamName, ShardCount });
  }

  async put(StreamName: string, text: string, PartitionKey = 'p', more = {}) {
    const Data = Buffer.from(text).toString('base64');
    return this.call<{ ShardId: string; SequenceNumber: string }>('PutRecord', {
      StreamName,
      Data,
      PartitionKey,
      ...more,
    });
  }

  async shards(StreamName: string, more = {}): Promise<readonly ListedShard[]> {
    const listed = await this.call<{ Shards: ListedShard[] }>('ListShards', {
      StreamName,
      ...more,
    });
    return listed.Shards;
  }

  async iterator(StreamName: string, ShardId: string, how: string, more = {}): Promise<string> {
    const answer = await this.call<{ ShardIterator: string }>('GetShardIterator', {
      StreamName,
      ShardId,
      ShardIteratorType: how,
      ...more,
    });
    return answer.ShardIterator;
  }

  /** The page that an iterator of some type gives. */
  async page(StreamName: string, ShardId: string, how: string, more = {}): Promise<Page> {
    const ShardIterator = await this.iterator(StreamName, ShardId, how, more);
    return this.call('GetRecords', { ShardIterator });
  }

  async texts(StreamName: string, ShardId: string, how = 'TRIM_HORIZON', more = {}) {
    return textsOf(await this.page(StreamName, ShardId, how, more));
  }
}

export function textsOf({ Records }: Page): string[] {
  return Records.map(({ Data }) => Buffer.from(Data).toString());
}

/** The id of a stream's shard by its place. */
export function shard(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}
