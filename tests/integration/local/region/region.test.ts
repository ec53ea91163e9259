import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Region } from '../../../../local/region.ts';
import { projectRoot, smallTemplate, type SmallStack, writeSmallStack } from './small-stack.ts';

let stack: SmallStack;
let regions: Region[];
beforeEach(async () => {
  stack = await writeSmallStack();
  regions = [];
});
afterEach(async () => {
  await Promise.all(regions.map((region) => region.stop()));
  await stack.remove();
});

async function start(): Promise<Region> {
  const region = stack.region();
  regions.push(region);
  await region.start();
  return region;
}

const client = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

async function put(endpoint: string, texts: readonly string[]): Promise<void> {
  await new KinesisClient(client(endpoint)).send(
    new PutRecordsCommand({
      StreamName: 'events',
      Records: texts.map((text, index) => ({
        PartitionKey: `key-${index % 7}`,
        Data: Buffer.from(text),
      })),
    }),
  );
}

const events = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => JSON.stringify({ id: first + index }));

/** The ids that the consumer wrote, with how often it did. */
async function seen(endpoint: string, bucket: string): Promise<Map<number, number>> {
  const s3 = new S3Client({ ...client(endpoint), forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  const counts = new Map<number, number>();
  for (const { Key = '' } of Contents) {
    const id = Number(/^seen\/(\d+)-/.exec(Key)?.[1]);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

async function untilSeen(endpoint: string, bucket: string, count: number): Promise<number[]> {
  return vi.waitFor(
    async () => {
      const ids = await seen(endpoint, bucket);
      expect(ids.size).toBeGreaterThanOrEqual(count);
      return [...ids.keys()].toSorted((a, b) => a - b);
    },
    { timeout: 15_000, interval: 50 },
  );
}

describe('a region', () => {
  it('hosts a stack from stream to function to bucket, and poison goes to the queue', async () => {
    const { endpoint, outputs } = await start();
    await put(endpoint, [...events(1, 30), 'not json', ...events(31, 60)]);

    const ids = await untilSeen(endpoint, outputs['BucketName'] ?? '', 60);
    const { Messages = [] } = await new SQSClient(client(endpoint)).send(
      new ReceiveMessageCommand({ QueueUrl: outputs['FailuresQueueUrl'], WaitTimeSeconds: 10 }),
    );

    expect(ids).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(Messages).toHaveLength(1);
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      KinesisBatchInfo: { batchSize: 1 },
    });
    const { Datapoints = [] } = await new CloudWatchClient(client(endpoint)).send(
      new GetMetricStatisticsCommand({
        Namespace: 'Tidemill',
        MetricName: 'Seen',
        Dimensions: [{ Name: 'Model', Value: 'small' }],
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 60_000),
        Period: 3600,
        Statistics: ['Maximum'],
      }),
    );
    expect(Datapoints.length).toBeGreaterThan(0);
  });

  it('keeps what it has over a stop, and takes up a changed template', async () => {
    const first = await start();
    const bucket = first.outputs['BucketName'] ?? '';
    await put(first.endpoint, events(1, 10));
    await untilSeen(first.endpoint, bucket, 10);
    expect(await (await fetch(`${first.outputs['Url']}/x`)).text()).toBe('hello//x');
    await first.stop();

    await stack.write(smallTemplate('goodbye'));
    const begun = Date.now();
    const second = await start();
    const startMs = Date.now() - begun;
    await put(second.endpoint, events(11, 12));
    await untilSeen(second.endpoint, bucket, 12);
    const counts = await seen(second.endpoint, bucket);

    expect([...counts.values()]).toEqual(Array.from({ length: 12 }, () => 1));
    expect(await (await fetch(`${second.outputs['Url']}y`)).text()).toBe('goodbye/y');
    expect(startMs).toBeLessThan(5000);
  });

  it('lists its event source mapping', async () => {
    const { endpoint } = await start();

    const { EventSourceMappings = [] } = await new LambdaClient(client(endpoint)).send(
      new ListEventSourceMappingsCommand({ FunctionName: 'consume' }),
    );

    expect(EventSourceMappings).toMatchObject([
      { BatchSize: 20, MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true },
    ]);
    expect((await fetch(endpoint)).headers.get('content-type')).toContain('text/html');
  });

  it('fails to start on a state folder in which another one runs', async () => {
    await start();

    await expect(stack.region().start()).rejects.toThrow(`runs already, as process ${process.pid}`);
  });

  it('fails on a resource type that it cannot host, and can be started with a better template', async () => {
    const template = smallTemplate('hello');
    await stack.write({
      Resources: {
        ...Object(template['Resources']),
        Site: { Type: 'AWS::CloudFront::Distribution' },
      },
    });
    await expect(stack.region().start()).rejects.toThrow('AWS::CloudFront::Distribution  Site');

    await stack.write(template);
    await expect(start()).resolves.toBeDefined();
  });
});

describe('a region that is killed', () => {
  it('takes its functions with it, and the next one loses nothing', async () => {
    const running = await runInProcess();
    const bucket = running.outputs['BucketName'] ?? '';
    await put(running.endpoint, events(1, 80));
    await untilSeen(running.endpoint, bucket, 20);
    const sandboxes = processesOf(stack.stateFolder);
    running.child.kill('SIGKILL');
    await once(running.child, 'exit');

    const { endpoint } = await start();
    const ids = await untilSeen(endpoint, bucket, 80);

    expect(sandboxes.length).toBeGreaterThan(0);
    expect(ids).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    expect(processesOf(stack.stateFolder).filter((pid) => sandboxes.includes(pid))).toEqual([]);
  });
});

async function runInProcess(): Promise<{
  child: ChildProcess;
  endpoint: string;
  outputs: Record<string, string>;
}> {
  const script = fileURLToPath(new URL('run-region.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, stack.cloudAssembly, stack.stateFolder],
    { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...JSON.parse(line) };
}

/** Numbers of the processes that were started with a file below the folder. */
function processesOf(folder: string): number[] {
  return execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`${folder}/lambda/runtime.mjs`))
    .map((line) => Number.parseInt(line, 10));
}
