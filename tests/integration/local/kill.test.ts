import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilActive } from '../../fakes/fact-table.ts';
import { clientOf, openStorageRegion, type StorageRegion } from './storage-region.ts';

const program = fileURLToPath(new URL('storage-process.ts', import.meta.url));
const Bucket = 'kill';
const TableName = 'kill';
const StreamName = 'kill';

let folder: string;
let child: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kill-'));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Clients {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly kinesis: KinesisClient;
}

async function startProcess(): Promise<Clients> {
  child = spawn(process.execPath, ['--import', 'tsx', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!child.stdout) throw new Error('the process has no output');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return open(Number(line.toString()));
}

function open(port: number): Clients {
  const options = clientOf(port);
  return {
    s3: new S3Client(options),
    dynamodb: new DynamoDBClient(options),
    kinesis: new KinesisClient(options),
  };
}

/** A body that shows if it is torn: one character throughout, and many buffers long. */
const bodyOf = (round: number): string => String(round % 10).repeat(200_000);

async function setUp({ s3, dynamodb, kinesis }: Clients): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  await untilActive(dynamodb, TableName);
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const summary = new DescribeStreamSummaryCommand({ StreamName });
  const status = async (): Promise<unknown> =>
    (await kinesis.send(summary)).StreamDescriptionSummary?.StreamStatus;
  while ((await status()) !== 'ACTIVE') await sleep(10);
}

/** Writes to all three until the process dies, and returns what was confirmed. */
async function writeUntilDead({
  s3,
  dynamodb,
  kinesis,
}: Clients): Promise<{ rounds: number; records: string[] }> {
  const records: string[] = [];
  for (let round = 0; ; round += 1) {
    try {
      const Body = bodyOf(round);
      await s3.send(new PutObjectCommand({ Bucket, Key: 'overwritten', Body }));
      await s3.send(new PutObjectCommand({ Bucket, Key: `once/${round}`, Body }));
      await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: String(round) } } }));
      const Data = Buffer.from(String(round));
      await kinesis.send(new PutRecordCommand({ StreamName, Data, PartitionKey: 'p' }));
      records.push(String(round));
    } catch {
      return { rounds: round, records };
    }
  }
}

function readRecords({ kinesis }: StorageRegion): string[] {
  const stream = kinesis.streams.find({ StreamName });
  const { records } = stream.read(stream.shards[0]!, 0, { records: 10_000, bytes: Infinity });
  return records.map(({ data }) => Buffer.from(data, 'base64').toString());
}

describe('a region that is killed while it writes', () => {
  it('has all that it confirmed, and nothing torn, when it starts again', async () => {
    const clients = await startProcess();
    await setUp(clients);
    const writing = writeUntilDead(clients);
    await sleep(700);
    // So that a stream is still being made when the process dies.
    await clients.kinesis.send(
      new CreateStreamCommand({ StreamName: 'unfinished', ShardCount: 1 }),
    );
    child.kill('SIGKILL');
    const { rounds, records } = await writing;

    const region = await openStorageRegion(folder);
    const { s3, dynamodb } = open(region.port);
    const read = async (Key: string): Promise<string> => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    };

    expect(rounds).toBeGreaterThan(5);
    const confirmed = Array.from({ length: rounds }, (_, round) => round);
    const bodies = await Promise.all(confirmed.map((round) => read(`once/${round}`)));
    expect(bodies.every((body, round) => body === bodyOf(round))).toBe(true);
    const items = confirmed.map(async (round) => {
      const Key = { pk: { S: String(round) } };
      return (await dynamodb.send(new GetItemCommand({ TableName, Key }))).Item?.['pk']?.S;
    });
    expect(await Promise.all(items)).toEqual(confirmed.map(String));
    // The round that was under way may have been written or not.
    expect([bodyOf(rounds - 1), bodyOf(rounds)]).toContain(await read('overwritten'));
    expect(readRecords(region).slice(0, records.length)).toEqual(records);
    const [streams] = region.kinesis.hosts;
    const type = 'AWS::Kinesis::Stream';
    const made = { logicalId: 'Stream', type, properties: {}, defaultName: 'unfinished' };
    expect(await streams?.create(made)).toHaveProperty('ref', 'unfinished');
    await region.close();
  });
});
