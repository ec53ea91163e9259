import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FlightEndpoint, flightEndpoint, regression } from '../../../fakes/flight-endpoint.ts';
import { flight, flightDelay } from '../../../fakes/flight-model.ts';

let at: FlightEndpoint;

beforeEach(async () => {
  at = flightEndpoint();
  await at.flights.release();
});

describe('POST /predict', () => {
  it('answers one row with one answer', async () => {
    expect(await at.post('/predict', flight)).toMatchObject({
      status: 200,
      body: { id: 'request-1', prediction: 1, probability: 0.5, version: 1 },
    });
  });

  it('answers an array with an array, in order', async () => {
    const { body } = await at.post('/predict', [flight, { ...flight, distance: 250 }]);

    expect(body).toEqual([
      { id: 'request-1-0', prediction: 1, probability: 0.5, version: 1 },
      { id: 'request-1-1', prediction: 0, probability: 0.25, version: 1 },
    ]);
  });

  it('answers named rows with named predictions, under the ids that the caller gave', async () => {
    const rows = [
      { ...flight, id: 'mine' },
      { ...flight, id: 7 },
    ];

    expect((await at.post('/predict', { rows })).body).toMatchObject({
      predictions: [{ id: 'mine' }, { id: '7' }],
    });
  });

  it('leaves a record of each prediction', async () => {
    const { records } = await at.post('/predict', [{ ...flight, id: 'mine' }]);

    expect(records).toEqual([
      {
        id: 'mine',
        model: 'flight-delay',
        version: 1,
        source: 'online',
        at: '2001-05-01T12:00:00.000Z',
        features: { ...flight, date: '2001-05-01T09:30:00.000Z' },
        prediction: 1,
        probability: 0.5,
        entity: 'ATL',
      },
    ]);
  });

  it('answers a number for a regression target', async () => {
    at = flightEndpoint(regression());
    await at.flights.release();

    expect((await at.post('/predict', flight)).body).toEqual({
      id: 'request-1',
      prediction: 0.5,
      version: 1,
    });
  });

  it('takes id as a feature where it is declared as one', async () => {
    const { features } = flightDelay();
    at = flightEndpoint(
      flightDelay({ features: { ...features, id: { kind: 'number', description: 'Number' } } }),
    );
    await at.flights.release();

    expect((await at.post('/predict', { ...flight, id: 3 })).body).toMatchObject({
      id: 'request-1',
    });
    expect((await at.post('/predict', { ...flight, id: 'x' })).status).toBe(400);
  });

  it('reads gzip', async () => {
    const body = gzipSync(JSON.stringify(flight));

    expect(
      await at.send({
        method: 'POST',
        path: '/predict',
        body,
        headers: { 'content-encoding': 'gzip' },
      }),
    ).toMatchObject({ status: 200 });
  });

  it('tells everything that is wrong, and predicts nothing', async () => {
    const { origin: _, ...incomplete } = flight;
    const rows = [flight, { ...flight, distance: 'far', id: {} }, incomplete];

    const { status, body, records } = await at.post('/predict', { rows });

    expect(status).toBe(400);
    expect(body).toEqual({
      error:
        '3 problems, the first: /rows/1/id: got an object, ' +
        'expected text of 1 to 256 characters, or a whole number',
      problems: [
        {
          pointer: '/rows/1/id',
          got: 'an object',
          expected: 'text of 1 to 256 characters, or a whole number',
        },
        {
          pointer: '/rows/1/distance',
          got: 'text "far"',
          expected: 'a number (miles), or null if unknown',
        },
        {
          pointer: '/rows/2/origin',
          got: 'nothing',
          expected: 'text of at most 1024 characters, or null if unknown',
        },
      ],
      count: 3,
    });
    expect(records).toBeUndefined();
    expect(at.flights.sessions.get('file 1')?.batches).toEqual([]);
  });

  it.each([
    { body: [flight, 7], pointer: '/1' },
    { body: 'null', pointer: '' },
    { body: { ...flight, distance: 'far' }, pointer: '/distance' },
    { body: { rows: [] }, pointer: '/rows' },
    { body: [], pointer: '' },
    { body: Array.from({ length: 101 }, () => flight), pointer: '' },
  ])('points at $pointer', async ({ body, pointer }) => {
    expect(await at.post('/predict', body)).toMatchObject({
      status: 400,
      body: { problems: [{ pointer }] },
    });
  });

  it('lists a hundred problems at most, and says how many there are', async () => {
    const rows = Array.from({ length: 100 }, () => ({}));

    const { body } = await at.post('/predict', rows);

    expect(body).toMatchObject({ count: 400 });
    expect((body as { problems: unknown[] }).problems).toHaveLength(100);
  });

  it('says where the body stops being JSON', async () => {
    expect(await at.post('/predict', '{"distance": far}')).toMatchObject({
      status: 400,
      body: { error: 'the body is not JSON: "f" at position 13', position: 13 },
    });
  });

  it.each([
    { headers: { 'content-type': 'text/csv' }, says: "content-type 'text/csv' is not read here" },
    { headers: { 'content-encoding': 'br' }, says: "content-encoding 'br' is not read here" },
  ])('refuses $headers', async ({ headers, says }) => {
    const { status, body } = await at.post('/predict', flight, { headers });

    expect(status).toBe(415);
    expect((body as { error: string }).error).toContain(says);
  });

  it('refuses what says it is gzip, and is not', async () => {
    const headers = { 'content-encoding': 'gzip' };

    expect(await at.post('/predict', flight, { headers })).toMatchObject({ status: 400 });
  });

  it('refuses a body over the limit, packed or not', async () => {
    const large = `[${' '.repeat(7 * 1024 * 1024)}]`;
    const packed = { body: gzipSync(large), headers: { 'content-encoding': 'gzip' } };

    expect(await at.post('/predict', large)).toMatchObject({ status: 413 });
    expect(await at.send({ method: 'POST', path: '/predict', ...packed })).toMatchObject({
      status: 413,
    });
  });

  it('answers 503 while there is no champion', async () => {
    at = flightEndpoint();

    const answer = await at.post('/predict', flight);

    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect((answer.body as { error: string }).error).toContain("has no alias 'champion'");
    expect(answer.fault).toBeInstanceOf(Error);
  });

  it('answers 500 without telling secrets when the model itself fails', async () => {
    await at.post('/predict', flight);
    Object.assign(at.flights.sessions.get('file 1')!, {
      run: async () => {
        throw new Error('bad graph at 10.0.0.7');
      },
    });

    const answer = await at.post('/predict', flight);

    expect(answer).toMatchObject({
      status: 500,
      body: { error: 'something went wrong on our side' },
    });
    expect(String(answer.fault)).toContain('bad graph');
  });
});

describe('GET /', () => {
  it('says what is served, by which version, since when', async () => {
    expect(await at.get('/')).toMatchObject({
      status: 200,
      body: {
        model: 'flight-delay',
        question: 'Late?',
        version: 1,
        since: '2001-05-01T04:00:00.000Z',
        features: {
          distance: { description: 'Distance', expected: 'a number (miles), or null if unknown' },
        },
      },
    });
  });

  it('shows an example that works', async () => {
    const { example } = (await at.get('/')).body as {
      example: { path: string; method: string; body: unknown };
    };

    const answer = await at.send({ ...example, body: JSON.stringify(example.body) });

    expect(answer).toMatchObject({ status: 200, body: { predictions: [{ version: 1 }] } });
  });
});
