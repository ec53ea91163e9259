import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegion, type Region } from '../../../../local/region.ts';
import { VirtualClock } from '../../../../local/virtual-clock.ts';
import { projectRoot, type SmallStack, writeSmallStack } from './small-stack.ts';

/** The last day of a short month, an hour before its end. */
const START = new Date('2001-02-28T23:00:00Z');

describe('a region on a virtual clock', () => {
  let stack: SmallStack;
  let clock: VirtualClock;
  let resume: () => void;
  let region: Region;

  beforeAll(async () => {
    stack = await writeSmallStack();
    clock = new VirtualClock(START);
    resume = clock.rule();
    const { cloudAssembly, stateFolder } = stack;
    region = createRegion({ cloudAssembly, stateFolder, projectRoot, port: 0, clock });
    await region.start();
    await clock.quiet();
  });
  afterAll(async () => {
    await region.stop();
    resume();
    await stack.remove();
  });

  const client = () => ({
    endpoint: region.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  const put = (texts: readonly string[]) =>
    new KinesisClient(client()).send(
      new PutRecordsCommand({
        StreamName: 'events',
        Records: texts.map((text, index) => ({
          PartitionKey: `key-${index % 7}`,
          Data: Buffer.from(text),
        })),
      }),
    );

  async function seen() {
    const s3 = new S3Client({ ...client(), forcePathStyle: true });
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: region.outputs['BucketName'] }),
    );
    return Contents.map(({ Key = '', LastModified }) => ({
      id: Number(/^seen\/(\d+)-/.exec(Key)?.[1]),
      at: LastModified?.toISOString(),
    }));
  }

  async function failures(): Promise<number> {
    const { Messages = [] } = await new SQSClient(client()).send(
      new ReceiveMessageCommand({ QueueUrl: region.outputs['FailuresQueueUrl'] }),
    );
    return Messages.length;
  }

  it('is quiet only when a stream was read to its end, and nothing is late then', async () => {
    await put(Array.from({ length: 60 }, (_, id) => JSON.stringify({ id })));

    await clock.quiet();

    const objects = await seen();
    expect(objects.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, id) => id),
    );
    expect(new Set(objects.map(({ at }) => at))).toEqual(new Set(['2001-02-28T23:00:00.000Z']));
  });

  it('tells functions what time it is, so that their metrics are of that time', async () => {
    await clock.advanceTo(new Date('2001-03-01T00:30:00Z'));
    await put([JSON.stringify({ id: 100 })]);
    await clock.quiet();

    const { Datapoints = [] } = await new CloudWatchClient(client()).send(
      new GetMetricStatisticsCommand({
        Namespace: 'Tidemill',
        MetricName: 'Seen',
        Dimensions: [{ Name: 'Model', Value: 'small' }],
        StartTime: START,
        EndTime: new Date('2001-03-01T01:00:00Z'),
        Period: 1800,
        Statistics: ['Maximum'],
      }),
    );
    const times = new Set(Datapoints.map(({ Timestamp }) => Timestamp?.toISOString()));
    expect(times).toEqual(new Set(['2001-02-28T23:00:00.000Z', '2001-03-01T00:30:00.000Z']));
  });

  it('lets pauses before a retry pass in its own time', async () => {
    const before = clock.now();
    await put(['poison']);
    await clock.quiet();
    expect(await failures()).toBe(0);

    await clock.advanceTo(new Date(before.getTime() + 60_000));

    expect(await failures()).toBe(1);
  });
});
