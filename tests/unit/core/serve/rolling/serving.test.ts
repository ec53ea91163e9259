/** Rolling features at the front doors: the consumer, the endpoint, and labels. */
import { describe, expect, it } from 'vitest';
import { createEventDecoder } from '../../../../../core/serve/decode-event.ts';
import { createEndpoint } from '../../../../../core/serve/endpoint.ts';
import { createModelServer } from '../../../../../core/serve/model-server.ts';
import { createEventPredictor } from '../../../../../core/serve/predict-events.ts';
import { quarantine } from '../../../../../core/serve/quarantine.ts';
import { eventCompleter } from '../../../../../core/serve/rolling/completers.ts';
import { createRollingFeatures } from '../../../../../core/serve/rolling/rolling-values.ts';
import { createHandler } from '../../../../../lambdas/consume.ts';
import { flight } from '../../../../fakes/flight-model.ts';
import { kinesisBatch } from '../../../../fakes/lambda-events.ts';
import { memoryFacts } from '../../../../fakes/memory-facts.ts';
import { memoryStream, memoryTelemetry } from '../../../../fakes/outputs.ts';
import { rollingFlights } from '../../../../fakes/rolling-flights.ts';
import { servedFlights } from '../../../../fakes/served-flights.ts';

/** Records of the fake stream arrive at noon of this day. */
const at = (time: string): string => `2001-05-01T${time}:00.000Z`;

async function open() {
  const definition = rollingFlights();
  const flights = servedFlights(definition);
  await flights.release();
  const facts = memoryFacts();
  const rolling = createRollingFeatures(definition, () => facts)!;
  const server = createModelServer({ ...flights, reloadSeconds: 5, onLoadFailure: () => {} });
  const decoder = createEventDecoder(definition);
  const predictions = memoryStream();
  const handler = createHandler({
    server,
    decoder,
    predictEvents: createEventPredictor(definition, {
      ...decoder,
      complete: eventCompleter(rolling),
    }),
    predictions,
    quarantine: quarantine(flights.objects, definition.name),
    telemetry: memoryTelemetry(),
    now: () => new Date(at('12:00')),
  });
  const endpoint = createEndpoint({ definition, server, objects: flights.objects, rolling });
  const send = (method: 'GET' | 'POST', path: string, body: unknown = '') =>
    endpoint({
      method,
      path,
      headers: {},
      body: JSON.stringify(body),
      at: new Date(at('12:00')),
      id: 'request-1',
    });
  const consume = (values: readonly unknown[], first = 0) =>
    handler(kinesisBatch('flight-events', values, first));
  return { definition, flights, facts, predictions, consume, send };
}

const departure = (time: string) => Object.assign({}, flight, { date: at(time) });

const departures = ['11:00', '11:10', '11:20'].map(departure);

describe('rolling features', () => {
  it('stand in the records of the stream, each as of its own event', async () => {
    const { consume, predictions, flights } = await open();

    await consume(departures);

    expect(predictions.records().map(({ features }) => features['departures_1h'])).toEqual([
      0, 1, 2,
    ]);
    expect(predictions.records()[0]?.features).toMatchObject({ mean_delay_1h: null, miles_2h: 0 });
    const { numbers } = flights.sessions.get('file 1')!.batches[0]!;
    // distance, departures_1h, mean_delay_1h, ...: as the signature has them.
    expect(numbers.slice(0, 3)).toEqual(Float32Array.of(500, 0, NaN));
  });

  it('are the same for a batch that comes again, and count it once', async () => {
    const { consume, predictions, send } = await open();

    await consume(departures);
    await consume(departures);

    const [first, second] = [predictions.records().slice(0, 3), predictions.records().slice(3)];
    expect(second).toEqual(first);
    expect(
      (await send('POST', '/predict', { ...flight, date: at('11:30') })).records,
    ).toMatchObject([{ features: { departures_1h: 3, miles_2h: 1500 } }]);
  });

  it('of events that are rejected stay as they were', async () => {
    const { consume, send } = await open();

    await consume([departures[0], { ...departures[1], distance: 'far' }]);

    expect(
      (await send('POST', '/predict', { ...flight, date: at('11:30') })).records,
    ).toMatchObject([{ features: { departures_1h: 1 } }]);
  });

  it('count nobody who only asks', async () => {
    const { send } = await open();
    const asked = { ...flight, date: at('11:30') };

    await send('POST', '/predict', asked);

    expect((await send('POST', '/predict', [asked, { ...asked, id: 'b' }])).records).toMatchObject([
      { features: { departures_1h: 0 } },
      { features: { departures_1h: 0 } },
    ]);
  });

  it('are not sent by callers, who are told so', async () => {
    const { send, consume, predictions } = await open();

    const { status, body } = await send('POST', '/predict', { ...flight, departures_1h: 3 });
    await consume([{ ...flight, departures_1h: 3 }]);

    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('that is computed, not sent');
    expect(predictions.records()).toEqual([]);
    expect((await send('GET', '/')).body).toMatchObject({
      features: { departures_1h: { expected: 'nothing: it is computed' } },
      labels: { body: [{ origin: 'A' }] },
    });
  });

  it('go by labels from when they were known, each counted once', async () => {
    const { send } = await open();
    const labels = [
      { id: 'a', delay: 30, origin: 'ATL', time: at('11:00') },
      { id: 'b', delay: 10, origin: 'ATL', time: Date.parse(at('11:05')) },
      { id: 'c', delay: 600, origin: 'SEA', time: at('11:05') },
      { id: 'd', delay: 600, origin: null },
    ];

    expect((await send('POST', '/labels', labels)).status).toBe(200);
    await send('POST', '/labels', labels.slice(0, 1));

    const rows = ['11:05', '11:30', '12:01'].map(departure);
    expect((await send('POST', '/predict', rows)).records).toMatchObject([
      { features: { mean_delay_1h: 30 } },
      { features: { mean_delay_1h: 20, labels_10m: 0 } },
      { features: { mean_delay_1h: 10 } },
    ]);
  });

  it('take a label that says no time as known when it came', async () => {
    const { send } = await open();

    await send('POST', '/labels', { id: 'a', delay: 30, origin: 'ATL' });

    const rows = ['12:00', '12:01'].map(departure);
    expect((await send('POST', '/predict', rows)).records).toMatchObject([
      { features: { mean_delay_1h: null } },
      { features: { mean_delay_1h: 30 } },
    ]);
  });

  it.each([
    { wrong: 'without its entity', label: { id: 'a', delay: 30 }, pointer: '/origin' },
    { wrong: 'of a number', label: { id: 'a', delay: 30, origin: 7 }, pointer: '/origin' },
    {
      wrong: 'of no moment',
      label: { id: 'a', delay: 30, origin: 'ATL', time: 'noon' },
      pointer: '/time',
    },
    { wrong: 'with more', label: { id: 'a', delay: 30, origin: 'ATL', gate: 1 }, pointer: '/gate' },
  ])('fails on a label $wrong', async ({ label, pointer }) => {
    const { send } = await open();

    const { status, body } = await send('POST', '/labels', label);

    expect(status).toBe(400);
    expect(body).toMatchObject({ problems: [{ pointer }] });
  });

  it('are no input of the protocol, and are completed there too', async () => {
    const { consume, send } = await open();
    await consume(departures);

    const { body } = await send('GET', '/v2/models/flight-delay');
    const answer = await send('POST', '/v2/models/flight-delay/infer', {
      inputs: [
        { name: 'numbers', datatype: 'FP32', shape: [1, 1], data: [500] },
        { name: 'categories', datatype: 'BYTES', shape: [1, 2], data: ['ATL', 'short'] },
        { name: 'times', datatype: 'FP64', shape: [1, 1], data: [Date.parse(at('11:30'))] },
      ],
    });

    expect(body).toMatchObject({ inputs: [{ name: 'numbers', shape: [-1, 1] }, {}, {}] });
    expect(answer.records).toMatchObject([{ features: { distance: 500, departures_1h: 3 } }]);
  });

  it('of an event far ahead of its arrival are told, but it makes no other late', async () => {
    const { consume, predictions } = await open();

    await consume([{ ...flight, date: '2099-05-01T00:00:00Z' }, ...departures]);

    expect(predictions.records().map(({ features }) => features['departures_1h'])).toEqual([
      0, 0, 1, 2,
    ]);
  });

  it('are kept whole by writers that meet', async () => {
    const facts = memoryFacts();
    const store = createRollingFeatures(rollingFlights(), () => facts)!;
    const event = (at2: number) => ({
      id: `event ${at2}`,
      time: 0,
      features: { ...flight, date: at('11:00') },
    });
    const now = new Date(at('12:00'));

    await Promise.all(Array.from({ length: 10 }, (_, one) => store.take([event(one)], now)));

    const asked = {
      id: '',
      time: Date.parse(at('11:30')),
      features: { origin: 'ATL', haul: null },
    };
    expect(await store.valuesOf([asked])).toMatchObject([{ departures_1h: 10 }]);
    const items = [...facts.facts.values()];
    expect(items.map(({ partition, sort }) => `${partition} ${sort}`).toSorted()).toEqual([
      'rolling#flight-delay#ATL origin-1',
      'rolling#flight-delay#ATL origin-2',
      'rolling#flight-delay#short haul-1',
    ]);
    // Two days of seconds are enough for a window of two hours.
    const left = Number(items[0]?.['expires']) - now.getTime() / 1000;
    expect(left > 86_400 && left < 2 * 86_400).toBe(true);
  });
});
