import { beforeEach, describe, expect, it } from 'vitest';
import type { Traffic } from '../../../../core/model/traffic.ts';
import { createTrafficHistory } from '../../../../core/registry/traffic.ts';
import { isChallenged } from '../../../../core/serve/traffic.ts';
import { type FlightEndpoint, flightEndpoint } from '../../../fakes/flight-endpoint.ts';
import { flight, flightDelay } from '../../../fakes/flight-model.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { servedFlights } from '../../../fakes/served-flights.ts';

let at: FlightEndpoint;
let traffic: Traffic | undefined;

/** Version 1 is champion, version 2 challenger. */
beforeEach(async () => {
  at = flightEndpoint(flightDelay(), servedFlights(), async () => traffic);
  await at.flights.release();
  await at.flights.release();
  const change = { model: 'flight-delay', at: new Date(), reason: 'try', by: 'tests' };
  await at.flights.registry.promote({ ...change, alias: 'champion', version: 1 });
  await at.flights.registry.promote({ ...change, alias: 'challenger', version: 2 });
});

const airports = Array.from({ length: 100 }, (_, place) => `A${place}`);
const rows = airports.map((origin) => ({ ...flight, origin }));

function inferOf(origin: string) {
  return {
    inputs: [
      { name: 'numbers', datatype: 'FP32', shape: [1, 1], data: [500] },
      { name: 'categories', datatype: 'BYTES', shape: [1, 2], data: [origin, 'short'] },
      { name: 'times', datatype: 'FP64', shape: [1, 1], data: [0] },
    ],
  };
}

describe('a canary', () => {
  it('answers for a share of the entities, and always for the same', async () => {
    traffic = { kind: 'canary', share: 0.3 };

    const first = await at.post('/predict', rows);
    const second = await at.post('/predict', rows.toReversed());

    const versions = (first.body as { version: number }[]).map(({ version }) => version);
    // 100 entities at a share of 0.3: 30, give or take three standard deviations of 4.6.
    const challenged = versions.filter((version) => version === 2).length;
    expect(challenged).toBeGreaterThan(16);
    expect(challenged).toBeLessThan(44);
    expect((second.body as { version: number }[]).map(({ version }) => version)).toEqual(
      versions.toReversed(),
    );
  });

  it('keeps rows in their order, and says in each record whose answer it is', async () => {
    traffic = { kind: 'canary', share: 0.5 };

    const { records = [] } = await at.post('/predict', rows);

    expect(records.map(({ entity }) => entity)).toEqual(airports);
    for (const { variant, version } of records) {
      expect(variant).toBe(version === 2 ? 'challenger' : undefined);
    }
  });

  it('points at a wrong row where it stands in the request', async () => {
    traffic = { kind: 'canary', share: 0.5 };
    const wrong: unknown[] = [...rows];
    wrong[70] = { ...flight, distance: 'far' };

    expect(await at.post('/predict', wrong)).toMatchObject({
      status: 400,
      body: { problems: [{ pointer: '/70/distance' }], count: 1 },
    });
  });

  it('answers a whole inference request with one version', async () => {
    traffic = { kind: 'canary', share: 0.5 };
    const theirs = airports.find((origin) => isChallenged('flight-delay', origin, traffic!))!;
    const ours = airports.find((origin) => !isChallenged('flight-delay', origin, traffic!))!;
    const path = '/v2/models/flight-delay/infer';

    expect((await at.post(path, inferOf(theirs))).body).toMatchObject({ model_version: '2' });
    expect((await at.post(path, inferOf(ours))).body).toMatchObject({ model_version: '1' });
    expect(
      (await at.post('/v2/models/flight-delay/versions/1/infer', inferOf(theirs))).body,
    ).toMatchObject({ model_version: '1' });
  });

  it('that fails costs nobody an answer', async () => {
    traffic = { kind: 'canary', share: 1 };
    await at.post('/predict', flight);
    at.flights.sessions.get('file 2')!.run = async () => {
      throw new Error('bad graph');
    };

    const { status, body, fault } = await at.post('/predict', flight);

    expect(status).toBe(200);
    expect(body).toMatchObject({ version: 1 });
    expect(String(fault)).toContain('bad graph');
  });

  it('that does not load leaves everything to the champion', async () => {
    traffic = { kind: 'canary', share: 1 };
    at.flights.objects.objects.delete('versions/flight-delay/2/model.onnx');

    expect((await at.post('/predict', flight)).body).toMatchObject({ version: 1 });
  });

  it('is opened once when it becomes champion', async () => {
    traffic = { kind: 'canary', share: 1 };
    expect((await at.post('/predict', flight)).body).toMatchObject({ version: 2 });
    const session = at.flights.sessions.get('file 2');
    const change = { model: 'flight-delay', at: new Date(), reason: 'good', by: 'tests' };
    await at.flights.registry.promote({ ...change, alias: 'champion', version: 2 });

    const later = new Date('2001-05-01T12:01:00Z');
    const { records } = await at.post('/predict', flight, { at: later });

    expect(records).toMatchObject([{ version: 2 }]);
    expect(records?.[0]?.variant).toBeUndefined();
    expect(at.flights.sessions.get('file 2')).toBe(session);
    expect(at.flights.sessions.get('file 1')?.released).toBe(true);
  });
});

describe('a shadow', () => {
  it('predicts what the champion answered, for the record only', async () => {
    traffic = { kind: 'shadow', share: 1 };

    const { body, records = [], shadow } = await at.post('/predict', [flight, flight]);

    expect(body).toMatchObject([{ version: 1 }, { version: 1 }]);
    const made = (await shadow?.()) ?? [];
    expect(made.map(({ id, version, variant }) => [id, version, variant])).toEqual([
      [records[0]?.id, 2, 'shadow'],
      [records[1]?.id, 2, 'shadow'],
    ]);
  });

  it('predicts for a share of the entities, over the protocol too', async () => {
    traffic = { kind: 'shadow', share: 0.5 };
    const answers = await Promise.all(
      airports.map((origin) => at.post('/v2/models/flight-delay/infer', inferOf(origin))),
    );

    const made = await Promise.all(answers.map(async ({ shadow }) => shadow?.()));

    const shadowed = made.flat().map((record) => record?.entity);
    expect(shadowed).toEqual(
      airports.filter((origin) => isChallenged('flight-delay', origin, traffic!)),
    );
  });
});

describe('the share', () => {
  it('keeps those it has while it grows', () => {
    const at10 = airports.filter((key) => isChallenged('m', key, { kind: 'canary', share: 0.1 }));
    const at40 = airports.filter((key) => isChallenged('m', key, { kind: 'canary', share: 0.4 }));

    expect(at40).toEqual(expect.arrayContaining(at10));
    expect(at40.length).toBeGreaterThan(at10.length);
  });
});

describe('createTrafficHistory', () => {
  it('knows what was said last, and nothing where nothing was', async () => {
    const history = createTrafficHistory(memoryFacts());
    const said = { model: 'flight-delay', at: new Date('2001-05-01T12:00:00Z'), by: 'me' };
    expect(await history.trafficOf('flight-delay')).toBeUndefined();

    await history.setTraffic({ ...said, traffic: { kind: 'canary', share: 0.1 } });
    await history.setTraffic({ ...said, traffic: null });

    expect(await history.trafficOf('flight-delay')).toMatchObject({ entry: 2, traffic: null });
  });
});
