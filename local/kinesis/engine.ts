/** kinesalite, with what AWS has and it lacks. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLiteEngine, type LiteEngine } from '../lite-engine.ts';
import type { Place } from '../resource.ts';
import { AwsError } from '../wire/aws-error.ts';
import type { Input, Output } from '../wire/operations.ts';

const require = createRequire(import.meta.url);

/** The operations of kinesalite. */
export const STREAM_OPERATIONS = [
  'AddTagsToStream',
  'CreateStream',
  'DecreaseStreamRetentionPeriod',
  'DeleteStream',
  'DescribeStream',
  'DescribeStreamSummary',
  'GetRecords',
  'GetShardIterator',
  'IncreaseStreamRetentionPeriod',
  'ListShards',
  'ListStreams',
  'ListTagsForStream',
  'MergeShards',
  'PutRecord',
  'PutRecords',
  'RemoveTagsFromStream',
  'SplitShard',
] as const;

/** How long a stream stays in CREATING and the like. */
const TRANSITION_MS = 10;
/** kinesalite's own limit is 10 for all streams together; accounts start with 500. */
const SHARD_LIMIT = 500;

interface Level {
  createReadStream(range?: Readonly<Record<string, string>>): AsyncIterable<LevelEntry>;
  put(key: string, value: unknown, done: (error: unknown) => void): void;
  del(key: string, done: (error: unknown) => void): void;
}

interface LevelEntry {
  readonly key: string | Buffer;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Store {
  readonly db: {
    open(done: (error: unknown) => void): void;
    close(done: (error: unknown) => void): void;
    on(event: 'error', listener: () => void): void;
  };
  readonly metaDb: Level & { awsAccountId: string; awsRegion: string };
  getStreamDb(name: string): Level;
}

interface Database {
  create(options: Readonly<Record<string, unknown>>): Store;
}

export interface StreamEngine {
  readonly run: LiteEngine;
  /** Yields the records of a shard, oldest first. */
  records(stream: string, shardId: string): AsyncIterable<StoredRecord>;
  close(): Promise<void>;
}

interface StoredRecord {
  readonly sequenceNumber: string;
  /** In seconds since 1970. */
  readonly arrivedAt: number;
}

/** Opens the streams in `folder` as the last region left them. */
export async function openStreamEngine(folder: string, place: Place): Promise<StreamEngine> {
  mkdirSync(folder, { recursive: true });
  const database: Database = require('kinesalite/db/index.js');
  const store = database.create({
    path: folder,
    createStreamMs: TRANSITION_MS,
    deleteStreamMs: TRANSITION_MS,
    updateStreamMs: TRANSITION_MS,
    shardLimit: SHARD_LIMIT,
  });
  // The failure to open is told by the call below.
  store.db.on('error', () => {});
  await settled((done) => store.db.open(done));
  store.metaDb.awsAccountId = place.account;
  store.metaDb.awsRegion = place.region;
  const run = createLiteEngine('kinesalite', store);
  await finishTransitions(store, run);

  return {
    run,
    records: (stream, shardId) => readShard(store.getStreamDb(stream), shardId),
    async close() {
      // Streams that are still changing write to the store once more.
      await sleep(TRANSITION_MS * 2);
      await settled((done) => store.db.close(done));
    },
  };
}

/** Returns once the stream has settled in the status ACTIVE. */
export async function untilActive(run: LiteEngine, stream: string): Promise<Output> {
  for (;;) {
    const { StreamDescriptionSummary: summary } = await run('DescribeStreamSummary', {
      StreamName: stream,
    });
    const description: Output = Object(summary);
    if (description['StreamStatus'] === 'ACTIVE') return description;
    await sleep(TRANSITION_MS);
  }
}

/**
 * Gives the input the stream's name that kinesalite wants, where it holds the stream's ARN.
 *
 * @throws {AwsError} InvalidArgumentException if the ARN is not one of a stream
 */
export function withStreamName(input: Input): Input {
  const { StreamARN: streamArn, ...rest } = input;
  if (typeof streamArn !== 'string' || rest['StreamName'] !== undefined) return rest;
  const name = /^arn:aws[\w-]*:kinesis:[\w-]*:\d*:stream\/([\w.-]+)$/.exec(streamArn)?.[1];
  if (name !== undefined) return { ...rest, StreamName: name };
  throw new AwsError(
    'InvalidArgumentException',
    `StreamARN '${streamArn}' must have the form arn:aws:kinesis:<region>:<account>:stream/<name>`,
  );
}

/** A kill can leave a stream in a status that only the killed process would have ended. */
async function finishTransitions({ metaDb }: Store, run: LiteEngine): Promise<void> {
  for await (const { key, value } of metaDb.createReadStream()) {
    const name = String(key);
    const status = value['StreamStatus'];
    if (status === 'CREATING') await settled((done) => metaDb.del(name, done));
    if (status === 'DELETING') await run('DeleteStream', { StreamName: name });
    if (status === 'UPDATING') {
      await settled((done) => metaDb.put(name, { ...value, StreamStatus: 'ACTIVE' }, done));
    }
  }
}

/**
 * Reads the keys of a shard's records, which are `<shard number in hex>/<sequence number>`.
 *
 * @yields what the keys and values tell of the records
 */
async function* readShard(level: Level, shardId: string): AsyncGenerator<StoredRecord> {
  const shard = Number(shardId.split('-')[1] ?? shardId);
  const range = { gt: shardPrefix(shard), lt: shardPrefix(shard + 1) };
  for await (const { key, value } of level.createReadStream(range)) {
    const sequenceNumber = String(key).split('/')[1] ?? '';
    yield { sequenceNumber, arrivedAt: Number(value['ApproximateArrivalTimestamp']) };
  }
}

function shardPrefix(shard: number): string {
  return shard.toString(16).padStart(8, '0');
}

function settled(start: (done: (error: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error instanceof Error ? reject(error) : resolve()));
  });
}
