import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type _Record as KinesisRecord,
  type ShardIteratorType,
} from '@aws-sdk/client-kinesis';
import { decode, encode, Tagged } from 'cborg';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorageRegion, place, type StorageRegion } from '../storage-region.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinesis-'));
const StreamARN = `arn:aws:kinesis:us-east-1:${place.account}:stream/events`;
const ShardId = 'shardId-000000000000';
let region: StorageRegion;
let client: KinesisClient;

beforeAll(async () => {
  region = await openStorageRegion(folder);
  client = new KinesisClient(region.client);
  await createStream('events');
});
afterAll(async () => {
  client.destroy();
  await region.close();
  rmSync(folder, { recursive: true });
});

async function createStream(name: string, more: Record<string, unknown> = {}): Promise<unknown> {
  const [host] = region.kinesis.hosts;
  return host?.create({
    logicalId: 'Events',
    type: 'AWS::Kinesis::Stream',
    properties: { Name: name, ...more },
    defaultName: 'unused',
  });
}

async function putText(Data: string, stream = StreamARN): Promise<string> {
  const put = { StreamARN: stream, Data: Buffer.from(Data), PartitionKey: 'p' };
  return (await client.send(new PutRecordCommand(put))).SequenceNumber ?? '';
}

async function read(
  ShardIteratorType: ShardIteratorType,
  more: Partial<GetShardIteratorCommandInput> = {},
): Promise<string[]> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamARN, ShardId, ShardIteratorType, ...more }),
  );
  return texts((await client.send(new GetRecordsCommand({ ShardIterator }))).Records);
}

function texts(records: KinesisRecord[] = []): string[] {
  return records.map(({ Data }) => Buffer.from(Data ?? '').toString());
}

/** Asks as clients of Java do. */
async function askInCbor(operation: string, input: object): Promise<Record<string, unknown>> {
  const response = await fetch(region.client.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-cbor-1.1',
      'x-amz-target': `Kinesis_20131202.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20010101/us-east-1/kinesis/aws4_request',
    },
    body: encode({ StreamName: 'java', ...input }),
  });
  const tags = { 1: (content: () => unknown) => Number(content()) };
  return decode(new Uint8Array(await response.arrayBuffer()), { tags }) as never;
}

describe('a stream', () => {
  it('carries records to readers that name it by its ARN', async () => {
    const first = await putText('first');
    await putText('second');

    expect(await read('TRIM_HORIZON')).toEqual(['first', 'second']);
    expect(await read('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: first })).toEqual([
      'second',
    ]);
    expect(await read('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: first })).toEqual([
      'first',
      'second',
    ]);
    expect(await read('LATEST')).toEqual([]);
  });

  it('is described, listed and tagged by its ARN', async () => {
    const { StreamDescriptionSummary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamARN }),
    );
    const { Shards } = await client.send(new ListShardsCommand({ StreamARN }));
    await client.send(new AddTagsToStreamCommand({ StreamARN, Tags: { a: 'b' } }));

    expect(StreamDescriptionSummary).toMatchObject({ StreamARN, StreamStatus: 'ACTIVE' });
    expect(Shards?.map((shard) => shard.ShardId)).toEqual([ShardId]);
  });

  it('is read from a point in time', async () => {
    await putText('before');
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    const Timestamp = new Date();
    await putText('after');

    expect(await read('AT_TIMESTAMP', { Timestamp })).toEqual(['after']);
    expect((await read('AT_TIMESTAMP', { Timestamp: new Date(0) })).at(-2)).toBe('before');
  });

  it('is read from a point in time after its last record: what comes next', async () => {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamARN,
        ShardId,
        ShardIteratorType: 'AT_TIMESTAMP',
        Timestamp: new Date(),
      }),
    );
    await putText('next');

    const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(texts(Records)).toEqual(['next']);
  });

  it('is counted in records and bytes', async () => {
    const before = region.measurements.length;
    const Records = [
      { Data: Buffer.from('12345'), PartitionKey: 'ab' },
      { Data: Buffer.from('1'), PartitionKey: 'c' },
    ];
    await client.send(new PutRecordsCommand({ StreamARN, Records }));

    const base = { namespace: 'AWS/Kinesis', dimensions: { StreamName: 'events' } };
    expect(region.measurements.slice(before)).toMatchObject([
      { ...base, name: 'IncomingRecords', value: 2, unit: 'Count' },
      // five bytes and one of data, two and one of partition keys
      { ...base, name: 'IncomingBytes', value: 9, unit: 'Bytes' },
    ]);
  });

  it('tells a reader that stops early how far it lags behind', async () => {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamARN, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
    const end = await client.send(new GetRecordsCommand({ ShardIterator }));

    expect(page.Records).toHaveLength(1);
    expect(page.MillisBehindLatest).toBeGreaterThan(0);
    expect(end.MillisBehindLatest).toBe(0);
  });

  it('gives no more than 10 MB at once, and the rest after that', async () => {
    await createStream('large');
    const data = Buffer.alloc(1_000_000).toString('base64');
    for (let index = 0; index < 12; index += 1) {
      region.kinesis.streams.find({ StreamName: 'large' }).put([{ key: 'p', data }]);
    }
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: 'large',
        ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const first = await client.send(new GetRecordsCommand({ ShardIterator }));
    const second = await client.send(
      new GetRecordsCommand({ ShardIterator: first.NextShardIterator }),
    );

    expect([first.Records?.length, second.Records?.length]).toEqual([10, 2]);
  });

  it('is made once, with the retention that the template asks for', async () => {
    const made = await createStream('kept', { ShardCount: 2, RetentionPeriodHours: 48 });
    const found = await createStream('kept', { ShardCount: 2, RetentionPeriodHours: 30 });
    const { StreamDescriptionSummary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: 'kept' }),
    );

    expect(made).toEqual({
      ref: 'kept',
      attributes: { Arn: `arn:aws:kinesis:us-east-1:${place.account}:stream/kept` },
    });
    expect(found).toEqual(made);
    expect(StreamDescriptionSummary).toMatchObject({
      OpenShardCount: 2,
      RetentionPeriodHours: 30,
    });
  });
});

describe('kinesis', () => {
  it('speaks CBOR with times in milliseconds to clients of Java', async () => {
    await createStream('java');
    const at = new Date(Date.now() - 1000);
    await askInCbor('PutRecord', { Data: Uint8Array.of(1, 255), PartitionKey: 'p' });
    const { ShardIterator } = await askInCbor('GetShardIterator', {
      ShardId,
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: new Tagged(1, at.getTime()),
    });
    const { Records } = await askInCbor('GetRecords', { ShardIterator });
    const refused = await askInCbor('PutRecord', { Data: Uint8Array.of(1) });

    expect(Records).toMatchObject([{ Data: Uint8Array.of(1, 255), PartitionKey: 'p' }]);
    const [{ ApproximateArrivalTimestamp: arrival }] = Records as [Record<string, number>];
    expect(arrival).toBeGreaterThan(at.getTime());
    expect(arrival).toBeLessThanOrEqual(Date.now());
    expect(refused).toMatchObject({ __type: 'ValidationException' });
  });

  it.each([
    {
      wrong: 'a stream that is not there',
      run: () => putText('x', `arn:aws:kinesis:us-east-1:${place.account}:stream/nowhere`),
      name: 'ResourceNotFoundException',
    },
    {
      wrong: 'a stream that is there already',
      run: () => client.send(new CreateStreamCommand({ StreamName: 'events', ShardCount: 1 })),
      name: 'ResourceInUseException',
    },
    {
      wrong: 'a record that is too large',
      run: () => putText('x'.repeat(1_100_000)),
      name: 'ValidationException',
    },
    {
      wrong: 'a time to come',
      run: () => read('AT_TIMESTAMP', { Timestamp: new Date(Date.now() + 60_000) }),
      name: 'InvalidArgumentException',
    },
    {
      wrong: 'an operation that is not there',
      run: () => client.send(new DescribeStreamConsumerCommand({ StreamARN, ConsumerName: 'c' })),
      name: 'UnknownOperationException',
    },
  ])('fails for $wrong', async ({ run, name }) => {
    await expect(run()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});
