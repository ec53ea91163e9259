/** The consumer with everything around it going wrong: what is left must balance to the event. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { kinesisRecords, type PutRecords } from '../../../core/aws/predictions-stream.ts';
import { createEventDecoder } from '../../../core/serve/decode-event.ts';
import { createModelServer } from '../../../core/serve/model-server.ts';
import { createEventPredictor } from '../../../core/serve/predict-events.ts';
import { quarantine } from '../../../core/serve/quarantine.ts';
import { quarantinedDays } from '../../../core/serve/quarantined.ts';
import { createHandler } from '../../../lambdas/consume.ts';
import { deliver } from '../../../local/event-source/delivery.ts';
import { kinesisEvent } from '../../../local/event-source/kinesis-event.ts';
import type { StreamRecord } from '../../../local/event-source/stream.ts';
import { pick } from '../../../core/train/random.ts';
import { aggregated } from '../../fakes/aggregated-record.ts';
import { flight, flightDelay } from '../../fakes/flight-model.ts';
import { memoryObjects } from '../../fakes/memory-objects.ts';
import { memoryTelemetry } from '../../fakes/outputs.ts';
import { servedFlights } from '../../fakes/served-flights.ts';

const ARRIVED = new Date('2001-05-01T12:00:00Z');
const SHARD = {
  streamArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/events',
  shardId: 'shardId-000000000000',
  roleArn: 'arn:aws:iam::123456789012:role/consume',
  region: 'us-east-1',
};

type Kind = 'good' | 'packed' | 'not JSON' | 'invalid';

interface Trouble {
  readonly events: readonly { readonly kind: Kind; readonly key: string }[];
  /** Share of the records that a put refuses, and of the calls that are killed half-way. */
  readonly refused: number;
  readonly killed: number;
  /** How often the whole stream is read again from the start. */
  readonly replays: number;
  readonly seed: number;
}

const trouble = fc.record<Trouble>({
  events: fc.array(
    fc.record({
      kind: fc.constantFrom<Kind[]>('good', 'good', 'good', 'packed', 'not JSON', 'invalid'),
      key: fc.constantFrom('a', 'b', 'c'),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  refused: fc.constantFrom(0, 0.1, 0.5),
  killed: fc.constantFrom(0, 0.2),
  replays: fc.nat({ max: 1 }),
  seed: fc.nat(),
});

/** Records as they lie in the shard, and what must become of them: answers by key, and the rest. */
function shardOf({ events }: Trouble) {
  const answered = new Map<string, string[]>();
  const set = (key: string, id: string): string => {
    answered.set(key, [...(answered.get(key) ?? []), id]);
    return JSON.stringify({ ...flight, id });
  };
  const aside: string[] = [];
  const records = events.map(({ kind, key }, at): StreamRecord => {
    const data = {
      good: () => set(key, `${at}`),
      packed: () =>
        aggregated([
          { key, data: set(key, `${at}.0`) },
          { key: 'c', data: set('c', `${at}.1`) },
        ]),
      'not JSON': () => 'not JSON',
      invalid: () => JSON.stringify({ ...flight, distance: 'far' }),
    }[kind]();
    const sequenceNumber = String(1000 + at);
    if (kind === 'not JSON' || kind === 'invalid') aside.push(sequenceNumber);
    return {
      sequenceNumber,
      partitionKey: key,
      data: Buffer.from(data).toString('base64'),
      arrivedAt: ARRIVED,
    };
  });
  return { records, answered, aside };
}

/** A predictions stream that refuses what chance says, and what it has taken. */
function flakyStream({ refused, seed }: Trouble) {
  let puts = 0;
  const taken: { readonly key: string; readonly id: string }[] = [];
  const send: PutRecords = async (_stream, records) =>
    records.map(({ partitionKey: key, data }) => {
      if (pick(seed, puts++, 1000) < refused * 1000) return { ErrorCode: 'slow down' };
      const { id } = JSON.parse(Buffer.from(data).toString()) as { id: string };
      taken.push({ key, id });
      return {};
    });
  const options = { send, attempts: 2, inOrder: true, sleep: async () => {} };
  return { taken, stream: kinesisRecords('predictions', options) };
}

async function consumeAll(of: Trouble) {
  const definition = flightDelay();
  const flights = servedFlights(definition);
  await flights.release();
  const decoder = createEventDecoder(definition);
  const { taken, stream } = flakyStream(of);
  const objects = memoryObjects();
  const handler = createHandler({
    server: createModelServer({ ...flights, reloadSeconds: 5, onLoadFailure: () => {} }),
    decoder,
    predictEvents: createEventPredictor(definition, decoder),
    predictions: stream,
    quarantine: quarantine(objects, definition.name),
    telemetry: memoryTelemetry(),
    now: () => ARRIVED,
  });
  const { records, ...expected } = shardOf(of);
  let calls = 0;
  for (let reading = 0; reading <= of.replays; reading++) {
    await deliver(records, POLICY, {
      signal: new AbortController().signal,
      now: () => ARRIVED,
      pause: async () => {},
      advance: () => {},
      discard: async () => {
        throw new Error('nothing may be given up');
      },
      async invoke(batch) {
        const event = JSON.parse(kinesisEvent(batch, SHARD)) as Parameters<typeof handler>[0];
        const payload = JSON.stringify(await handler(event));
        // Killed after its work: nobody hears what came of it.
        const failed = pick(of.seed + 1, calls++, 1000) < of.killed * 1000;
        return { kind: 'answered', failed, payload };
      },
    });
  }
  const aside: string[] = [];
  for await (const { waiting } of quarantinedDays(objects, definition.name)) {
    aside.push(...waiting.map(({ sequenceNumber }) => sequenceNumber));
  }
  return { taken, aside, expected };
}

const POLICY = {
  reportsItemFailures: true,
  bisects: true,
  maximumRetryAttempts: Infinity,
  maximumRecordAgeMs: Infinity,
};

it('answers every event, in the order of its key, and sets every wrong one aside', async () => {
  await fc.assert(
    fc.asyncProperty(trouble, async (one) => {
      const { taken, aside, expected } = await consumeAll(one);

      // As a reader that drops what comes a second time.
      const firsts = new Map<string, Set<string>>();
      for (const { key, id } of taken) firsts.set(key, (firsts.get(key) ?? new Set()).add(id));
      expect(new Map([...firsts].map(([key, ids]) => [key, [...ids]]))).toEqual(expected.answered);
      expect(aside).toEqual(expected.aside);
    }),
    { numRuns: 25 },
  );
});
