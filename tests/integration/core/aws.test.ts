/** The ports over real SDK clients and the laptop's S3, DynamoDB and Kinesis. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient, GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoFacts } from '../../../core/aws/dynamodb-facts.ts';
import type { RemovableFacts } from '../../../core/aws/facts.ts';
import { quickFacts } from '../../../core/aws/quick-facts.ts';
import { kinesisRecords } from '../../../core/aws/predictions-stream.ts';
import { s3Objects } from '../../../core/aws/s3-objects.ts';
import { testFactTable, testRemoval } from '../../contracts/facts.ts';
import { testObjectStore } from '../../contracts/objects.ts';
import { openStorageRegion, type StorageRegion } from '../local/storage-region.ts';

let folder: string;
let region: StorageRegion;
let s3: S3Client;
let kinesis: KinesisClient;
let dynamodb: DynamoDBClient;
const environment = { ...process.env };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemill-aws-'));
  region = await openStorageRegion(folder);
  s3 = new S3Client(region.client);
  kinesis = new KinesisClient(region.client);
  dynamodb = new DynamoDBClient(region.client);
  await s3.send(new CreateBucketCommand({ Bucket: 'mill' }));
  await createTable('facts');
  await createTable('quick-facts');
  await createStream();
  // What signs its requests by itself finds everything in the environment, as in a function.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: region.client.endpoint,
    AWS_REGION: region.client.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});

afterAll(async () => {
  process.env = environment;
  for (const client of [s3, kinesis, dynamodb]) client.destroy();
  await region.close();
  await rm(folder, { recursive: true });
});

async function createTable(defaultName: string): Promise<void> {
  const names = [
    ['partition', 'HASH'],
    ['sort', 'RANGE'],
  ];
  await region.dynamodb.hosts[0]!.create({
    logicalId: defaultName,
    type: 'AWS::DynamoDB::Table',
    defaultName,
    properties: {
      AttributeDefinitions: names.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: names.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    },
  });
}

async function createStream(): Promise<void> {
  await region.kinesis.hosts[0]!.create({
    logicalId: 'Predictions',
    type: 'AWS::Kinesis::Stream',
    defaultName: 'predictions',
    properties: { ShardCount: 1 },
  });
}

testObjectStore('S3', () => s3Objects('mill', s3));
testFactTable('DynamoDB without its client', () => quickFacts('quick-facts'));
const facts = (): RemovableFacts =>
  dynamoFacts(
    'facts',
    DynamoDBDocumentClient.from(dynamodb, {
      marshallOptions: { removeUndefinedValues: true },
    }),
  );
testFactTable('DynamoDB', facts);
testRemoval('DynamoDB', facts);

describe('s3Objects', () => {
  it('copies a file of many parts in and out', async () => {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    const content = Buffer.alloc(17 * 1024 * 1024, 'tide mill ');
    await writeFile(from, content);
    const store = s3Objects('mill', s3);

    await store.upload(from, 'large/file');
    await store.download('large/file', to);

    expect((await stat(to)).size).toBe(content.length);
    expect((await readFile(to)).equals(content)).toBe(true);
  });

  it('lists more than fit into one page of the service', async () => {
    const store = s3Objects('mill', s3);
    // S3 answers with at most 1,000 keys a page.
    for (let from = 0; from < 1_010; from += 101) {
      await Promise.all(
        Array.from({ length: 101 }, (_, at) => store.put(`pages/${from + at}`, 'x')),
      );
    }

    expect(await store.list('pages/')).toHaveLength(1_010);
  });
});

describe('kinesisRecords', () => {
  it('puts records in their order, under their keys', async () => {
    const records = Array.from({ length: 1_200 }, (_, at) => ({
      partitionKey: `key-${at % 7}`,
      data: Buffer.from(`record ${at}`),
    }));

    await kinesisRecords('predictions').put(records);

    const read = await readAll();
    expect(read.map(({ Data }) => Buffer.from(Data!).toString())).toEqual(
      records.map(({ data }) => data.toString()),
    );
    expect(read[8]?.PartitionKey).toBe('key-1');
  });
});

async function readAll() {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({
      StreamName: 'predictions',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records;
}
