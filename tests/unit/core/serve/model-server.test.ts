import { beforeEach, describe, expect, it } from 'vitest';
import { layout } from '../../../../core/model/layout.ts';
import { createModelServer, type ModelServer } from '../../../../core/serve/model-server.ts';
import { flightDelay, flightSession } from '../../../fakes/flight-model.ts';
import { servedFlights } from '../../../fakes/served-flights.ts';

const MODEL = 'flight-delay';
let flights: ReturnType<typeof servedFlights>;
let failures: unknown[];
let server: ModelServer;

beforeEach(() => {
  flights = servedFlights();
  failures = [];
  server = createModelServer({
    ...flights,
    reloadSeconds: 5,
    onLoadFailure: (cause) => failures.push(cause),
  });
});

function second(seconds: number): Date {
  return new Date(Date.UTC(2001, 4, 1, 12, 0, seconds));
}

function versionAt(seconds: number): Promise<number> {
  return server.use(second(seconds), async ({ version }) => version);
}

/** Lets what was started beside a call come to its end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('createModelServer', () => {
  it('opens the champion once, however many calls wait for it', async () => {
    await flights.release();

    expect(await Promise.all([versionAt(0), versionAt(0), versionAt(0)])).toEqual([1, 1, 1]);
    expect(flights.sessions.size).toBe(1);
  });

  it('tells since when the version is champion', async () => {
    await flights.release(new Date('2001-04-30T08:00:00Z'));

    expect(await server.use(second(0), async ({ since }) => since)).toBe(
      '2001-04-30T08:00:00.000Z',
    );
  });

  it('serves a promotion within the declared time, and no call waits for it', async () => {
    await flights.release();
    await versionAt(0);
    await flights.release();

    expect(await versionAt(2)).toBe(1);
    expect(await versionAt(3)).toBe(1);
    await settle();
    expect(await versionAt(5)).toBe(2);
  });

  it('serves a promotion at once where nobody called for longer than that time', async () => {
    await flights.release();
    await versionAt(0);
    await flights.release();

    expect(await versionAt(3600)).toBe(2);
  });

  it('looks at the alias once at a time', async () => {
    await flights.release();
    await versionAt(0);
    let looks = 0;
    const registry = {
      ...flights.registry,
      championOf: (model: string) => {
        looks++;
        return flights.registry.championOf(model);
      },
    };
    server = createModelServer({ ...flights, registry, reloadSeconds: 5, onLoadFailure: () => {} });
    await versionAt(0);
    await Promise.all([versionAt(10), versionAt(10), versionAt(11)]);
    await settle();

    expect(looks).toBe(2);
  });

  it('closes the old version when the last call has done its work with it', async () => {
    await flights.release();
    let finish: (() => void) | undefined;
    const slow = server.use(
      second(0),
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await settle();
    await flights.release();
    await versionAt(5);
    await settle();
    expect(await versionAt(6)).toBe(2);
    expect(flights.sessions.get('file 1')?.released).toBe(false);

    finish?.();
    await slow;
    expect(flights.sessions.get('file 1')?.released).toBe(true);
    expect(flights.sessions.get('file 2')?.released).toBe(false);
  });

  it('goes on with the old version when the new one does not load, and reports it', async () => {
    await flights.release();
    await versionAt(0);
    await flights.release();
    flights.objects.objects.set(layout.modelFile(MODEL, 2), Buffer.from('spoilt'));

    await versionAt(5);
    await settle();

    expect(await versionAt(6)).toBe(1);
    expect(String(failures[0])).toContain('the file of flight-delay/2 has SHA-256');
  });

  it('leaves a version that failed alone for a minute, then tries again', async () => {
    await flights.release();
    await versionAt(0);
    await flights.release();
    const key = layout.modelFile(MODEL, 2);
    const file = flights.objects.objects.get(key)!;
    flights.objects.objects.delete(key);
    for (const seconds of [5, 10, 15]) {
      await versionAt(seconds);
      await settle();
    }
    expect(failures).toHaveLength(1);
    flights.objects.objects.set(key, file);

    await versionAt(66);
    await settle();

    expect(await versionAt(67)).toBe(2);
  });

  it('goes on when the alias cannot be read, and reports it', async () => {
    await flights.release();
    let down = false;
    const registry = {
      ...flights.registry,
      championOf: async (model: string) => {
        if (down) throw new Error('table is not reachable');
        return flights.registry.championOf(model);
      },
    };
    server = createModelServer({
      ...flights,
      registry,
      reloadSeconds: 5,
      onLoadFailure: (cause) => failures.push(cause),
    });
    await versionAt(0);
    down = true;

    expect(await versionAt(5)).toBe(1);
    await settle();
    expect(String(failures[0])).toContain('table is not reachable');
  });

  it('fails while there is no champion, and opens the one that comes', async () => {
    await expect(versionAt(0)).rejects.toThrow("model 'flight-delay' has no alias 'champion'");
    expect(failures).toHaveLength(1);
    await flights.release();

    expect(await versionAt(0)).toBe(1);
  });

  it('fails on a version that wants what the declaration does not have', async () => {
    await flights.release();
    const session = flightSession();
    const openSession = async () => ({
      ...session,
      signature: { ...session.signature, numbers: ['distance', 'wind'] },
      release: () => session.release(),
    });
    server = createModelServer({
      ...flights,
      openSession,
      reloadSeconds: 5,
      onLoadFailure: () => {},
    });

    await expect(versionAt(0)).rejects.toThrow(
      "flight-delay/1 takes the number 'wind', which the declaration does not have; " +
        'train a version from the present declaration with: tidemill train flight-delay',
    );
    expect(session.released).toBe(true);
  });

  it('fails on a version that answers another kind of question', async () => {
    await flights.release();
    const definition = flightDelay({
      target: { kind: 'regression', column: 'delay' },
      gate: { metric: 'rmse', beatBaselineBy: 1 },
    });
    server = createModelServer({
      ...flights,
      definition,
      reloadSeconds: 5,
      onLoadFailure: () => {},
    });

    await expect(versionAt(0)).rejects.toThrow(
      'flight-delay/1 gives a probability, which is no answer to a regression target',
    );
  });

  it.each([
    { written: { 'tidemill.threshold': '0.6' }, prediction: 0, from: "the file's threshold" },
    { written: {}, prediction: 1, from: "the declaration's, where the file has none" },
  ])('decides by $from', async ({ written, prediction }) => {
    await flights.release();
    const openSession = async () => Object.assign(flightSession(), { metadata: written });
    server = createModelServer({
      ...flights,
      openSession,
      reloadSeconds: 5,
      onLoadFailure: () => {},
    });

    const predicted = await server.use(second(0), (model) =>
      model.predict({
        rows: 1,
        numbers: Float32Array.of(500),
        categories: ['ATL', 'short'],
        times: Float64Array.of(0),
      }),
    );

    expect(predicted).toEqual([{ prediction, probability: 0.5 }]);
  });
});
