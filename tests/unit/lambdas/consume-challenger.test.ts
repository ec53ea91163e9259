import { beforeEach, describe, expect, it } from 'vitest';
import type { Traffic } from '../../../core/model/traffic.ts';
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

const airports = Array.from({ length: 100 }, (_, place) => `A${place}`);
const events = airports.map((origin) => ({ ...flight, origin }));

async function open(traffic: Traffic) {
  const definition = flightDelay();
  const flights = servedFlights(definition);
  await flights.release();
  await flights.release();
  const change = { model: 'flight-delay', at: new Date(), reason: 'try', by: 'tests' };
  await flights.registry.promote({ ...change, alias: 'champion', version: 1 });
  await flights.registry.promote({ ...change, alias: 'challenger', version: 2 });
  const predictions = memoryStream();
  const faults: unknown[] = [];
  const decoder = createEventDecoder(definition);
  const handler = createHandler({
    server: createModelServer({
      ...flights,
      reloadSeconds: 5,
      onLoadFailure: () => {},
      traffic: async () => traffic,
    }),
    decoder,
    predictEvents: createEventPredictor(definition, {
      beside: decoder.beside,
      onChallengerFault: (cause) => faults.push(cause),
    }),
    predictions,
    quarantine: quarantine(memoryObjects(), definition.name),
    telemetry: memoryTelemetry(),
    now: () => new Date('2001-05-01T12:00:07Z'),
  });
  const consume = (values: readonly unknown[]) => handler(kinesisBatch('flights', values, 0));
  return { flights, predictions, faults, consume };
}

let at: Awaited<ReturnType<typeof open>>;

describe('a canary on the stream', () => {
  beforeEach(async () => {
    at = await open({ kind: 'canary', share: 0.3 });
  });

  it('answers for a share of the entities, and every event once, in order', async () => {
    await at.consume(events);

    const records = at.predictions.records();
    expect(records.map(({ entity }) => entity)).toEqual(airports);
    const challenged = records.filter(({ variant }) => variant === 'challenger');
    // 100 entities at a share of 0.3: 30, give or take three standard deviations of 4.6.
    expect(challenged.length).toBeGreaterThan(16);
    expect(challenged.length).toBeLessThan(44);
    expect(new Set(challenged.map(({ version }) => version))).toEqual(new Set([2]));
  });

  it('that fails costs nobody an answer, and is heard of', async () => {
    await at.consume(events.slice(0, 1));
    await at.flights.sessions.get('file 2')?.release();

    await at.consume(events);

    expect(
      at.predictions
        .records()
        .slice(1)
        .map(({ version }) => version),
    ).toEqual(airports.map(() => 1));
    expect(at.faults).toHaveLength(1);
  });

  it('leaves to the champion what is wrong for both', async () => {
    const { batchItemFailures, quarantined } = await at.consume(
      events.map((event) => ({ ...event, distance: 'far' })),
    );
    expect(batchItemFailures).toEqual([]);
    expect(quarantined).toHaveLength(100);
  });
});

describe('a shadow on the stream', () => {
  it('is recorded beside the answer under the same id, and answers nobody', async () => {
    at = await open({ kind: 'shadow', share: 1 });
    await at.consume(events.slice(0, 2));

    const records = at.predictions.records();
    expect(records.map(({ variant, version }) => [variant, version])).toEqual([
      [undefined, 1],
      ['shadow', 2],
      [undefined, 1],
      ['shadow', 2],
    ]);
    expect(records[0]?.id).toBe(records[1]?.id);
    expect(at.predictions.keys()).toEqual(['key-0', 'key-0', 'key-1', 'key-1']);
  });
});
