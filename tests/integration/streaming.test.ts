/** Events through the region, while the consumer, the shards and the region itself are taken away. */
import {
  DescribeStreamCommand,
  KinesisClient,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consumeAgain } from '../../cli/actions/consume-again.ts';
import { givenUp, recordsOf } from '../../cli/actions/given-up.ts';
import { openTarget, outputOf, type Target } from '../../cli/target.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import { layout } from '../../core/model/layout.ts';
import { quarantinedDays } from '../../core/serve/quarantined.ts';
import { linear } from '../../core/train/linear.ts';
import { model } from '../../models/flight-delay/model.ts';
import { aggregated } from '../fakes/aggregated-record.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const program = join(root, 'bench/online/region-process.ts');
const flight = { date: '2001-05-01T09:30:00Z', distance: 500, origin: 'ATL', destination: 'JFK' };

let folder: string;
let region: ChildProcess;
let target: Target;

async function startRegion(): Promise<void> {
  const file = join(folder, 'model.onnx');
  region = fork(program, [file, join(folder, 'state'), root], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ environment }] = (await once(region, 'message')) as [
    { environment: Record<string, string> },
  ];
  target = await openTarget({ endpoint: environment['AWS_ENDPOINT_URL']! });
}

/** Sandboxes of functions are children of the region's process. */
function killSandboxes(): void {
  const listed = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(region.pid)]);
  for (const line of listed.toString().trim().split('\n')) {
    if (line.includes('esbuild')) continue;
    try {
      process.kill(Number.parseInt(line, 10), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

async function killRegion(): Promise<void> {
  killSandboxes();
  region.kill('SIGKILL');
  await once(region, 'exit');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'streaming-'));
  writeFileSync(join(folder, 'model.onnx'), await fittedFile());
  await startRegion();
});
afterAll(async () => {
  await killRegion();
  rmSync(folder, { recursive: true, force: true });
});

/** Any model will do. */
async function fittedFile(): Promise<Uint8Array> {
  const rows = 200;
  const codes = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const airports = { dictionary: ['ATL', 'JFK'], codes };
  const training = {
    rows,
    numbers: { distance: Float32Array.from({ length: rows }, (_, row) => row * 10) },
    categories: { origin: airports, destination: airports },
    times: { date: Float64Array.from({ length: rows }, (_, row) => row * 3_600_000) },
    target: Float64Array.from({ length: rows }, (_, row) => Number(row % 3 === 0)),
  };
  const fitted = await linear.fit({ task: model, training, parameters: {}, seed: 1 });
  return fitted.toOnnx();
}

interface Pushed {
  readonly key: string;
  readonly data: Uint8Array | string;
}

const answered = new Set<string>();
let aside = 0;

/** Events of every kind, and what must become of them. */
function events(round: number, count: number): Pushed[] {
  return Array.from({ length: count }, (_, at): Pushed => {
    const id = `${round}-${at}`;
    const key = `key-${at % 11}`;
    const event = { id, ...flight };
    if (at % 50 === 7) {
      aside++;
      return { key, data: at % 100 === 7 ? 'not JSON' : JSON.stringify({ ...event, gate: 'B7' }) };
    }
    answered.add(id);
    if (at % 10 === 1) return { key, data: gzipSync(JSON.stringify(event)) };
    if (at % 10 === 2) {
      const cloudEvent = { specversion: '1.0', id, source: '/gates', type: 'departure' };
      return { key, data: JSON.stringify({ ...cloudEvent, data: flight }) };
    }
    if (at % 10 !== 3) return { key, data: JSON.stringify(event) };
    answered.add(`${id}b`);
    const texts = [event, { ...event, id: `${id}b` }].map((one) => JSON.stringify(one));
    return { key, data: aggregated(texts.map((data) => ({ key, data }))) };
  });
}

async function push(all: readonly Pushed[]): Promise<void> {
  const kinesis = new KinesisClient();
  for (let from = 0; from < all.length; from += 200) {
    const { FailedRecordCount } = await kinesis.send(
      new PutRecordsCommand({
        StreamName: target.output(outputOf(model.name, 'EventsStream')),
        Records: all
          .slice(from, from + 200)
          .map(({ key, data }) => ({ PartitionKey: key, Data: Buffer.from(data) })),
      }),
    );
    expect(FailedRecordCount).toBe(0);
  }
}

async function shards() {
  const StreamName = target.output(outputOf(model.name, 'EventsStream'));
  const { StreamDescription } = await new KinesisClient().send(
    new DescribeStreamCommand({ StreamName }),
  );
  if (StreamDescription?.StreamStatus !== 'ACTIVE') throw new Error('the stream is being changed');
  const open = StreamDescription.Shards!.filter(
    ({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined,
  );
  return { StreamName, open: open.map(({ ShardId }) => ShardId!) };
}

async function splitShard(): Promise<void> {
  const { StreamName, open } = await vi.waitFor(shards, 10_000);
  await new KinesisClient().send(
    new SplitShardCommand({
      StreamName,
      ShardToSplit: open[0]!,
      NewStartingHashKey: String(2n ** 127n),
    }),
  );
}

async function mergeShards(): Promise<void> {
  const { StreamName, open } = await vi.waitFor(shards, 10_000);
  await new KinesisClient().send(
    new MergeShardsCommand({
      StreamName,
      ShardToMerge: open[0]!,
      AdjacentShardToMerge: open[1]!,
    }),
  );
}

/** Ids in S3, with how often each is there. */
async function archived(): Promise<Map<string, number>> {
  const objects = s3Objects(target.output('BucketName'));
  const counts = new Map<string, number>();
  for (const { key } of await objects.list(layout.predictions(model.name))) {
    for (const line of gunzipSync(await objects.get(key))
      .toString()
      .trimEnd()
      .split('\n')) {
      const { id } = JSON.parse(line) as { id: string };
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

async function waiting() {
  const days = quarantinedDays(s3Objects(target.output('BucketName')), model.name);
  const found = [];
  for await (const day of days) found.push(...day.waiting);
  return found;
}

async function untilSettled(): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await archived()).size).toBe(answered.size);
      expect(await waiting()).toHaveLength(aside);
    },
    { timeout: 120_000, interval: 500 },
  );
}

describe('a stream of events', () => {
  it('balances to the event, whatever is killed, split and merged under way', async () => {
    await push(events(1, 600));
    await splitShard();
    const second = events(2, 600);
    await push(second);
    killSandboxes();
    // A sender that is not sure whether its events arrived.
    await push(second.filter((_, at) => at % 10 === 0));
    await sleep(500);
    await killRegion();
    await startRegion();
    await mergeShards();
    await push(events(3, 600));
    killSandboxes();

    await untilSettled();

    expect(new Set((await archived()).keys())).toEqual(answered);
    const reasons = (await waiting()).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === 'unreadable')).toHaveLength(aside / 2);
    expect(reasons.filter((reason) => reason === 'invalid')).toHaveLength(aside / 2);
  }, 180_000);

  it('answers a batch that was given up, once somebody says so, under the ids it would have had', async () => {
    const { StreamName, open } = await shards();
    const [first] = await waiting();
    const { shard, sequenceNumber } = first!;
    const message = {
      requestContext: { condition: 'RetryAttemptsExhausted' },
      KinesisBatchInfo: {
        shardId: shard,
        startSequenceNumber: sequenceNumber,
        endSequenceNumber: sequenceNumber,
        batchSize: 1,
        streamArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
      },
    };
    const QueueUrl = target.output(outputOf(model.name, 'FailuresQueueUrl'));
    const MessageBody = JSON.stringify(message);
    await new SQSClient().send(new SendMessageCommand({ QueueUrl, MessageBody }));

    const told = [];
    for await (const batch of givenUp(QueueUrl)) {
      for await (const of of consumeAgain(target, model.name, await recordsOf(batch)))
        told.push(of);
      await batch.done();
    }

    expect(open.length).toBeGreaterThan(0);
    expect(told).toEqual([
      { answered: [], quarantined: [expect.objectContaining({ shard, sequenceNumber })] },
    ]);
    expect(await waiting()).toHaveLength(aside);
  });
});
