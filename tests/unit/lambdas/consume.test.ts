import { beforeEach, describe, expect, it } from 'vitest';
import { createModelServer } from '../../../core/serve/model-server.ts';
import { createEventPredictor } from '../../../core/serve/predict-events.ts';
import { createHandler } from '../../../lambdas/consume.ts';
import { flight, flightDelay } from '../../fakes/flight-model.ts';
import { kinesisBatch } from '../../fakes/lambda-events.ts';
import { memoryQueue, memoryStream, memoryTelemetry } from '../../fakes/outputs.ts';
import { servedFlights } from '../../fakes/served-flights.ts';

function open(predictions = memoryStream(), failures = memoryQueue()) {
  const definition = flightDelay();
  const flights = servedFlights(definition);
  const telemetry = memoryTelemetry();
  const handler = createHandler({
    server: createModelServer({ ...flights, reloadSeconds: 5, onLoadFailure: () => {} }),
    predictEvents: createEventPredictor(definition),
    predictions,
    failures,
    telemetry,
  });
  const consume = (values: readonly unknown[], first = 0) =>
    handler(kinesisBatch('flight-events', values, first));
  return { flights, predictions, failures, telemetry, consume };
}

let at: ReturnType<typeof open>;

beforeEach(async () => {
  at = open();
  await at.flights.release();
});

const ALL_DONE = { batchItemFailures: [] };
const bad = { ...flight, distance: 'far' };

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
    expect(at.telemetry.published).toEqual(['2001-05-01T12:00:02.000Z']);
  });

  it('writes down what was predicted, by which version, when the event arrived', async () => {
    await at.consume([flight]);

    // printf 'flight-events/shardId-000000000003/44440' | sha256sum, with the bits of RFC 9562.
    expect(at.predictions.records()).toEqual([
      {
        id: 'ec417c5b-8cd4-8604-a411-f6621bf05f8b',
        model: 'flight-delay',
        version: 1,
        source: 'stream',
        at: '2001-05-01T12:00:00.000Z',
        features: { ...flight, date: '2001-05-01T09:30:00.000Z' },
        prediction: 1,
        probability: 0.5,
        entity: 'ATL',
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

  it('reads CloudEvents in structured mode', async () => {
    const head = { specversion: '1.0', type: 'departure', source: '/gates', id: 'event-1' };
    const data_base64 = Buffer.from(JSON.stringify(flight)).toString('base64');

    await at.consume([
      { ...head, time: '2001-05-01T09:30:00Z', data: flight },
      { ...head, id: 'event-2', data_base64 },
      { ...head, data: bad },
      { ...head, data: 'text' },
    ]);

    expect(at.predictions.records().map(({ id }) => id)).toEqual(['event-1', 'event-2']);
    expect(at.failures.sent.map(({ problems }) => problems[0]?.pointer)).toEqual([
      '/data/distance',
      '/data',
    ]);
  });

  it('sets a bad record aside with the reason and its bytes, and disturbs no other', async () => {
    expect(await at.consume([flight, 'not JSON', bad, flight])).toEqual(ALL_DONE);

    expect(at.predictions.keys()).toEqual(['key-0', 'key-3']);
    expect(at.failures.sent).toEqual([
      {
        reason: 'got "n" at position 0, expected JSON',
        problems: [{ pointer: '', got: '"n" at position 0', expected: 'JSON' }],
        stream: 'flight-events',
        shard: 'shardId-000000000003',
        sequenceNumber: '44441',
        partitionKey: 'key-1',
        arrivedAt: '2001-05-01T12:00:01.000Z',
        data: Buffer.from('not JSON').toString('base64'),
      },
      {
        reason: '/distance: got text "far", expected a number (miles), or null if unknown',
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
    expect(at.telemetry.counts).toEqual({ PredictedRows: 2, RejectedRecords: 2 });
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

    expect(at.failures.sent.map(({ problems }) => problems[0]?.pointer)).toEqual([pointer]);
  });

  it('asks for the whole batch again while there is no model', async () => {
    at = open();

    expect(await at.consume([flight, bad])).toEqual({
      batchItemFailures: [{ itemIdentifier: '44440' }],
    });
    expect(at.failures.sent).toEqual([]);
    expect(at.telemetry.lines[0]).toContain("has no alias 'champion'");
  });

  it('asks again from the first record that the stream refuses, and sets none aside twice', async () => {
    at = open(memoryStream((position) => position === 1));
    await at.flights.release();

    expect(await at.consume([bad, flight, flight, bad, flight])).toEqual({
      batchItemFailures: [{ itemIdentifier: '44442' }],
    });
    expect(at.failures.sent.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['44440']);
    expect(at.telemetry.counts).toEqual({ PredictedRows: 1, RejectedRecords: 1 });
  });

  it('asks again from the first bad record when the queue does not take it', async () => {
    const failures = memoryQueue();
    failures.send = async (rejected) => {
      if (rejected.length > 0) throw new Error('queue does not exist');
    };
    at = open(memoryStream(), failures);
    await at.flights.release();

    expect(await at.consume([flight, bad, flight])).toEqual({
      batchItemFailures: [{ itemIdentifier: '44441' }],
    });
  });

  it('has nothing to do for an empty batch', async () => {
    expect(await at.consume([])).toEqual(ALL_DONE);
  });
});
