import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { layout } from '../../../core/model/layout.ts';
import type { QuarantinedEvent } from '../../../core/model/quarantine.ts';
import { createEventDecoder } from '../../../core/serve/decode-event.ts';
import { createModelServer } from '../../../core/serve/model-server.ts';
import { createEventPredictor } from '../../../core/serve/predict-events.ts';
import { quarantine } from '../../../core/serve/quarantine.ts';
import { createHandler } from '../../../lambdas/consume.ts';
import { flight, flightDelay } from '../../fakes/flight-model.ts';
import { kinesisBatch } from '../../fakes/lambda-events.ts';
import { memoryObjects } from '../../fakes/memory-objects.ts';
import { memoryStream, memoryTelemetry } from '../../fakes/outputs.ts';
import { servedFlights } from '../../fakes/served-flights.ts';

function open(predictions = memoryStream(), objects = memoryObjects()) {
  const definition = flightDelay();
  const flights = servedFlights(definition);
  const telemetry = memoryTelemetry();
  const decoder = createEventDecoder(definition);
  const handler = createHandler({
    server: createModelServer({ ...flights, reloadSeconds: 5, onLoadFailure: () => {} }),
    decoder,
    predictEvents: createEventPredictor(definition, decoder),
    predictions,
    quarantine: quarantine(objects, definition.name),
    telemetry,
    now: () => new Date('2001-05-01T12:00:07Z'),
  });
  const consume = async (values: readonly unknown[], first = 0) =>
    (await handler(kinesisBatch('flight-events', values, first))).batchItemFailures;
  const quarantined = async (): Promise<QuarantinedEvent[]> => {
    const listed = await objects.list(layout.quarantine(definition.name));
    return listed.flatMap(({ key }) =>
      gunzipSync(objects.objects.get(key)!)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line): QuarantinedEvent => JSON.parse(line)),
    );
  };
  const pointers = async () => (await quarantined()).map(({ problems }) => problems[0]?.pointer);
  return { flights, predictions, objects, quarantined, pointers, telemetry, consume };
}

let at: ReturnType<typeof open>;

beforeEach(async () => {
  at = open();
  await at.flights.release();
});

const ALL_DONE: unknown[] = [];
const bad = { ...flight, distance: 'far', id: 'far-1' };

describe('consume', () => {
  it('predicts a whole batch in one call, in order, under the keys of its events', async () => {
    const batch = [100, 200, 300].map((distance) => Object.assign({}, flight, { distance }));

    expect(await at.consume(batch)).toEqual(ALL_DONE);

    expect(at.predictions.keys()).toEqual(['key-0', 'key-1', 'key-2']);
    expect(at.predictions.records().map(({ features }) => features['distance'])).toEqual([
      100, 200, 300,
    ]);
    expect(at.flights.sessions.get('file 1')?.batches.map(({ rows }) => rows)).toEqual([3]);
    expect(at.telemetry.counts).toEqual({ PredictedRows: 3 });
    expect(at.telemetry.measured).toEqual({ BatchRecords: [3], Lag: [7000] });
    expect(at.telemetry.published).toEqual(['2001-05-01T12:00:02.000Z']);
  });

  it('writes down what was predicted, by which version, when the event arrived', async () => {
    await at.consume([flight]);

    // printf 'flight-events/shardId-000000000003:44440' | sha256sum, with the bits of RFC 9562.
    expect(at.predictions.records()).toEqual([
      {
        id: 'ffe3979b-e4f2-8ff8-9781-60640b91f478',
        model: 'flight-delay',
        version: 1,
        source: 'stream',
        at: '2001-05-01T12:00:00.000Z',
        features: { ...flight, date: '2001-05-01T09:30:00.000Z' },
        prediction: 1,
        probability: 0.5,
        entity: 'ATL',
        event: 'shardId-000000000003:44440',
      },
    ]);
  });

  it('gives the same ids when a batch comes again, whole or cut, from a newer version', async () => {
    await at.consume([flight, flight, flight]);
    await at.flights.release();
    await at.consume([flight, flight], 1);

    const ids = at.predictions.records().map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids.slice(3)).toEqual(ids.slice(1, 3));
  });

  it("keeps the caller's id and entity", async () => {
    await at.consume([{ ...flight, id: 7, entity: 'DL 1', time: '2001-05-01T09:30:00Z' }]);

    expect(at.predictions.records()).toMatchObject([{ id: '7', entity: 'DL 1' }]);
  });

  it('answers CloudEvents in structured mode by such', async () => {
    const head = { specversion: '1.0', type: 'departure', source: '/gates', id: 'event-1' };
    const data_base64 = Buffer.from(JSON.stringify(flight)).toString('base64');

    await at.consume([
      { ...head, time: '2001-05-01T09:30:00Z', data: flight },
      { ...head, id: 'event-2', data_base64 },
      { ...head, data: bad },
      { ...head, data: 'text' },
    ]);

    expect(at.predictions.records()).toMatchObject([
      { specversion: '1.0', id: 'event-1', data: { id: 'event-1', probability: 0.5 } },
      { specversion: '1.0', id: 'event-2', data: { id: 'event-2', probability: 0.5 } },
    ]);
    expect(await at.pointers()).toEqual(['/data/distance', '/data']);
  });

  it('sets a bad record aside with the reason and its bytes, and disturbs no other', async () => {
    expect(await at.consume([flight, 'not JSON', bad, flight])).toEqual(ALL_DONE);

    expect(at.predictions.keys()).toEqual(['key-0', 'key-3']);
    expect(await at.quarantined()).toEqual([
      {
        // printf 'flight-events/shardId-000000000003:44441' | sha256sum, with the bits of RFC 9562.
        id: '4166847e-aebd-80e6-81a2-ab1f8b427a90',
        model: 'flight-delay',
        reason: 'unreadable',
        problems: [{ pointer: '', got: '"n" at position 0', expected: 'JSON' }],
        stream: 'flight-events',
        shard: 'shardId-000000000003',
        sequenceNumber: '44441',
        partitionKey: 'key-1',
        arrivedAt: '2001-05-01T12:00:01.000Z',
        data: Buffer.from('not JSON').toString('base64'),
      },
      {
        id: 'far-1',
        model: 'flight-delay',
        reason: 'invalid',
        problems: [
          {
            pointer: '/distance',
            got: 'text "far"',
            expected: 'a number (miles), or null if unknown',
          },
        ],
        stream: 'flight-events',
        shard: 'shardId-000000000003',
        sequenceNumber: '44442',
        partitionKey: 'key-2',
        arrivedAt: '2001-05-01T12:00:02.000Z',
        data: Buffer.from(JSON.stringify(bad)).toString('base64'),
      },
    ]);
    expect(at.telemetry.counts).toEqual({ PredictedRows: 2, QuarantinedRecords: 2 });
  });

  it.each([
    ['[]', ''],
    ['7', ''],
    [Buffer.from([0xff]), ''],
    [{ ...flight, id: '' }, '/id'],
    [{ ...flight, entity: {} }, '/entity'],
    [{ ...flight, time: 'soon' }, '/time'],
    [{ ...flight, gate: 'B7' }, '/gate'],
  ])('rejects %j', async (event, pointer) => {
    await at.consume([event]);

    expect(await at.pointers()).toEqual([pointer]);
  });

  it('asks for the whole batch again while there is no model', async () => {
    at = open();

    expect(await at.consume([flight, bad])).toEqual([{ itemIdentifier: '44440' }]);
    expect(await at.quarantined()).toEqual([]);
    expect(at.telemetry.lines[0]).toContain("has no alias 'champion'");
  });

  it('asks again from the first record that the stream refuses, and sets none aside twice', async () => {
    at = open(memoryStream((position) => position === 1));
    await at.flights.release();

    expect(await at.consume([bad, flight, flight, bad, flight])).toEqual([
      { itemIdentifier: '44442' },
    ]);
    const sequenceNumbers = (await at.quarantined()).map(({ sequenceNumber }) => sequenceNumber);
    expect(sequenceNumbers).toEqual(['44440']);
    expect(at.telemetry.counts).toEqual({
      PredictedRows: 1,
      QuarantinedRecords: 1,
      UnfinishedBatches: 1,
    });
  });

  it('asks again from the first bad record when the bucket does not take it', async () => {
    const objects = memoryObjects();
    objects.putIfAbsent = async () => {
      throw new Error('slow down');
    };
    at = open(memoryStream(), objects);
    await at.flights.release();

    expect(await at.consume([flight, bad, flight])).toEqual([{ itemIdentifier: '44441' }]);
  });

  it('keeps a bad batch once, however often it comes', async () => {
    await at.consume([flight, bad, 'not JSON']);
    await at.consume([flight, bad, 'not JSON']);

    expect(await at.quarantined()).toHaveLength(2);
  });

  it('sets a row aside on which the model fails, and answers those beside it', async () => {
    const poison = { ...flight, distance: 666 };
    await at.consume([flight]);
    const session = at.flights.sessions.get('file 1')!;
    const run = session.run.bind(session);
    session.run = async (batch) => {
      if (batch.numbers.includes(666)) throw new Error('overflow in node 7');
      return run(batch);
    };

    expect(await at.consume([flight, poison, flight, flight, poison], 1)).toEqual(ALL_DONE);

    expect(at.predictions.keys()).toEqual(['key-0', 'key-1', 'key-3', 'key-4']);
    expect(
      (await at.quarantined()).map(({ reason, problems }) => [reason, problems[0]?.got]),
    ).toEqual([
      ['unscorable', 'overflow in node 7'],
      ['unscorable', 'overflow in node 7'],
    ]);
  });

  it('asks for the whole batch again where the model fails on every row', async () => {
    await at.consume([flight]);
    const session = at.flights.sessions.get('file 1')!;
    session.run = async () => {
      throw new Error('out of memory');
    };

    expect(await at.consume([flight, flight], 1)).toEqual([{ itemIdentifier: '44441' }]);
    expect(await at.quarantined()).toEqual([]);
  });

  it('has nothing to do for an empty batch', async () => {
    expect(await at.consume([])).toEqual(ALL_DONE);
  });
});
