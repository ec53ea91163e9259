import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { type Checkpoints, openCheckpoints } from '../../../../local/event-source/checkpoints.ts';
import type { MappingConfiguration } from '../../../../local/event-source/configuration.ts';
import { runMapping } from '../../../../local/event-source/mapping.ts';
import { memoryStream, type MemoryStream, patient, records } from './records.ts';

let folder: string;
let checkpoints: Checkpoints;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mapping-'));
  checkpoints = openCheckpoints(join(folder, 'checkpoints'));
});
afterEach(async () => {
  checkpoints.close();
  await rm(folder, { recursive: true });
});

const configuration: MappingConfiguration = {
  ...patient,
  uuid: 'u',
  streamArn: 'arn:aws:kinesis:us-east-1:0:stream/events',
  functionName: 'consume',
  functionArn: 'arn:aws:lambda:us-east-1:0:function:consume',
  enabled: true,
  batchSize: 3,
  windowMs: 0,
  startingPosition: 'TRIM_HORIZON',
  parallelizationFactor: 1,
};

const shard = (id: string, rest = {}) => ({ id, parentIds: [], closed: false, ...rest });

interface Event {
  Records: {
    eventID: string;
    eventSourceARN: string;
    invokeIdentityArn: string;
    kinesis: { data: string; sequenceNumber: string; approximateArrivalTimestamp: number };
  }[];
}

/** Runs a mapping until the function has seen so many records; the function fails where `fails` says. */
async function consume(
  stream: MemoryStream,
  count: number,
  changes: Partial<MappingConfiguration> = {},
  fails: (numbers: string[]) => boolean = () => false,
) {
  const events: Event[] = [];
  const ages: number[] = [];
  const told: { arn: string; message: string }[] = [];
  const abort = new AbortController();
  let seen = 0;
  const running = runMapping({
    configuration: { ...configuration, ...changes },
    roleArn: 'arn:role',
    region: 'us-east-1',
    stream,
    checkpoints,
    clock: systemClock,
    pollMs: 5,
    shardsMs: 5,
    signal: abort.signal,
    onIteratorAge: (ageMs) => void ages.push(ageMs),
    onDeliveryFailed: () => undefined,
    tellDestination: async (arn, message) => void told.push({ arn, message }),
    functions: {
      async invoke(_arn, payload) {
        const event = JSON.parse(payload) as Event;
        const failed = fails(event.Records.map(({ kinesis }) => kinesis.sequenceNumber));
        events.push(event);
        if (!failed) seen += event.Records.length;
        return {
          payload: 'null',
          requestId: 'request-1',
          ...(failed && { functionError: 'Unhandled' as const }),
        };
      },
    },
  });
  await vi.waitFor(() => expect(seen).toBeGreaterThanOrEqual(count), { interval: 1 });
  // One turn for the checkpoint of the last batch.
  await new Promise((resolve) => setTimeout(resolve, 1));
  abort.abort();
  await running;
  const ids = events.flatMap(({ Records }) => Records.map(({ eventID }) => eventID));
  return { events, ids, ages, told };
}

describe('a mapping', () => {
  it('sends records in batches, in order, in the shape of AWS', async () => {
    const stream = memoryStream(shard('shard-0'));
    stream.put('shard-0', records(1, 7));

    const { events, ages } = await consume(stream, 7);

    expect(events.map(({ Records }) => Records.length)).toEqual([3, 3, 1]);
    expect(events[0]?.Records[1]).toEqual({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'key-2',
        sequenceNumber: '2',
        // base 64 of the text 2
        data: 'Mg==',
        // 2001-05-01T12:00:00Z in seconds since 1970, by `date -u +%s`
        approximateArrivalTimestamp: 988_718_400,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: 'shard-0:2',
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:role',
      awsRegion: 'us-east-1',
      eventSourceARN: configuration.streamArn,
    });
    expect(ages).toHaveLength(3);
    expect(ages[0]).toBeGreaterThan(0);
  });

  it('goes on after the last record that was done with', async () => {
    const stream = memoryStream(shard('shard-0'));
    stream.put('shard-0', records(1, 4));
    await consume(stream, 4);
    checkpoints.close();
    checkpoints = openCheckpoints(join(folder, 'checkpoints'));
    stream.put('shard-0', records(5, 6));

    const { ids } = await consume(stream, 2);

    expect(ids).toEqual(['shard-0:5', 'shard-0:6']);
  });

  it('reads the children of a split only when their parent is through', async () => {
    const stream = memoryStream(
      shard('parent', { closed: true }),
      shard('left', { parentIds: ['parent'] }),
      shard('right', { parentIds: ['parent'] }),
    );
    stream.put('left', records(10, 11));
    stream.put('right', records(20, 21));
    stream.put('parent', records(1, 5));

    const { ids } = await consume(stream, 9);

    expect(ids.slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((number) => `parent:${number}`));
    expect(ids.slice(5).toSorted()).toEqual(['left:10', 'left:11', 'right:20', 'right:21']);
  });

  it('starts with what comes after it was made when told LATEST, also after a restart', async () => {
    const stream = memoryStream(shard('shard-0'));
    stream.put('shard-0', records(1, 3));
    checkpoints.firstSeen('u', new Date());
    const later = new Date(Date.now() + 1000);
    stream.put('shard-0', records(4, 5, { arrivedAt: later }));

    const { ids } = await consume(stream, 2, { startingPosition: 'LATEST' });

    expect(ids).toEqual(['shard-0:4', 'shard-0:5']);
  });

  it('waits for a full batch until the window has passed', async () => {
    const stream = memoryStream(shard('shard-0'));
    stream.put('shard-0', records(1, 2));
    setTimeout(() => stream.put('shard-0', records(3, 3)), 30);

    const { events } = await consume(stream, 3, { windowMs: 10_000 });

    expect(events.map(({ Records }) => Records.length)).toEqual([3]);
  });

  it('keeps the order of each key when it runs batches side by side', async () => {
    const stream = memoryStream(shard('shard-0'));
    stream.put('shard-0', records(1, 60));

    const { events } = await consume(stream, 60, { parallelizationFactor: 3, batchSize: 5 });

    const numbers = events.flatMap(({ Records }) =>
      Records.map(({ kinesis }) => Number(kinesis.sequenceNumber)),
    );
    for (const key of [0, 1, 2, 3, 4]) {
      const own = numbers.filter((number) => number % 5 === key);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    expect(numbers).toHaveLength(60);
    expect(checkpoints.position('u', 'shard-0')).toEqual({ after: '60' });
  });

  it('tells the on-failure destination where the records are that it gave up', async () => {
    const stream = memoryStream(shard('shard-0'));
    stream.put('shard-0', records(1, 3));
    const queue = 'arn:aws:sqs:us-east-1:0:failed';
    const changes = { bisects: true, maximumRetryAttempts: 0, onFailureArn: queue };

    const { told } = await consume(stream, 2, changes, (numbers) => numbers.includes('2'));

    expect(told.map(({ arn }) => arn)).toEqual([queue]);
    expect(JSON.parse(told[0]?.message ?? '')).toEqual({
      requestContext: {
        requestId: 'request-1',
        functionArn: configuration.functionArn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 1,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: 'Unhandled',
      },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      KinesisBatchInfo: {
        shardId: 'shard-0',
        startSequenceNumber: '2',
        endSequenceNumber: '2',
        approximateArrivalOfFirstRecord: '2001-05-01T12:00:00.000Z',
        approximateArrivalOfLastRecord: '2001-05-01T12:00:00.000Z',
        batchSize: 1,
        streamArn: configuration.streamArn,
      },
    });
  });
});
