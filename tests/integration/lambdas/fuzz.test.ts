/** Thousands of requests that nobody would send: each is answered, with a reason, and never by 5xx. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeAnswer } from '../../../core/serve/encode-answer.ts';
import { flightEndpoint } from '../../fakes/flight-endpoint.ts';
import { flight } from '../../fakes/flight-model.ts';

const RUNS = 4000;

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(1e308, -1e39, 1e20, -0, '', '__proto__', '2001-02-30', 'NaN', '\u0000', '\ud800'),
);
const name = fc.constantFrom(
  ...'id rows inputs outputs name shape datatype data parameters delay __proto__ constructor'.split(
    ' ',
  ),
  ...Object.keys(flight),
);
const row = fc.oneof(
  fc.constant(flight),
  fc.dictionary(name, value),
  fc.dictionary(name, value).map((change) => Object.assign({}, flight, change)),
);
const tensor = fc.record(
  {
    name: fc.constantFrom('numbers', 'categories', 'times', 'x'),
    datatype: fc.constantFrom('FP32', 'BYTES', 'FP64', 'INT64', 1),
    shape: fc.array(fc.oneof(fc.integer({ min: -2, max: 3 }), value), { maxLength: 4 }),
    data: fc.oneof(fc.array(value, { maxLength: 6 }), value),
    parameters: fc.record({
      binary_data_size: fc.oneof(fc.integer({ min: -1, max: 20 }), value),
    }),
  },
  { requiredKeys: [] },
);
const content = fc.oneof(
  row,
  fc.array(row, { maxLength: 4 }),
  fc.record({ rows: fc.oneof(fc.array(row, { maxLength: 3 }), value) }),
  fc.record({ inputs: fc.array(tensor, { maxLength: 4 }), id: value }),
  fc.record({ inputs: value, outputs: value, parameters: value }),
  fc.array(fc.record({ id: value, delay: value }), { maxLength: 3 }),
);
const json = content.map((body) => Buffer.from(JSON.stringify(body)));
const body = fc.oneof(
  { weight: 6, arbitrary: json },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 80 }) },
  // JSON with something put into the middle of it.
  {
    weight: 3,
    arbitrary: fc
      .tuple(json, fc.nat(), fc.uint8Array({ maxLength: 4 }))
      .map(([whole, place, middle]) => {
        const at = place % (whole.length + 1);
        return Buffer.concat([whole.subarray(0, at), middle, whole.subarray(at)]);
      }),
  },
);
const headers = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'content-type',
        'content-encoding',
        'accept',
        'accept-encoding',
        'inference-header-content-length',
      ),
      fc.oneof(
        fc.constantFrom('application/json', 'gzip', 'identity', '', '*/*', '20', '-1', 'gzip;q=0'),
        fc.string({ maxLength: 12 }),
      ),
    ),
  },
);
const path = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      '/predict',
      '/labels',
      '/v2/models/flight-delay/infer',
      '/v2/models/flight-delay/versions/1/infer',
      '/v2/models/flight-delay/stats',
    ),
  },
  { weight: 1, arbitrary: fc.webPath() },
);
const method = fc.oneof(
  { weight: 20, arbitrary: fc.constant('POST') },
  { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'OPTIONS', 'brew') },
);

it('answers whatever it is sent, and says what is wrong with it', { timeout: 60_000 }, async () => {
  const at = flightEndpoint();
  await at.flights.release();
  const statuses = new Set<number>();

  await fc.assert(
    fc.asyncProperty(fc.record({ path, method, headers, body }), async (request) => {
      const answer = await at.send(request);
      const encoded = encodeAnswer(answer, { method: 'POST', headers: {} });
      statuses.add(encoded.status);
      expect(answer.fault).toBeUndefined();
      expect(encoded.status).toBeLessThan(500);
      if (encoded.status < 400) return;
      expect(JSON.parse(String(encoded.body))).toMatchObject({ error: expect.stringMatching(/./) });
    }),
    { numRuns: RUNS },
  );

  // Not everything was refused for the same trivial reason.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404, 405]));
});
