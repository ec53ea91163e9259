import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flightEndpoint } from '../../../fakes/flight-endpoint.ts';
import { flight } from '../../../fakes/flight-model.ts';

const PATHS = ['/predict', '/labels', '/v2/models/flight-delay/infer'];

/** JSON that is nearly right: known names with any values, and values nobody thinks of. */
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(1e308, -0, '', '__proto__'));
const name = fc.constantFrom(
  ...'id rows inputs outputs name shape datatype data delay __proto__'.split(' '),
  ...Object.keys(flight),
);
const content = fc.oneof(
  value,
  fc.dictionary(name, value),
  fc.array(fc.dictionary(name, value), { maxLength: 5 }),
  fc.record({ rows: fc.array(fc.dictionary(name, value), { maxLength: 3 }) }),
  fc.record({ inputs: fc.array(fc.dictionary(name, value), { maxLength: 4 }) }),
);

describe('createEndpoint', () => {
  it('answers whatever JSON it is sent, and never with a fault of its own', async () => {
    const at = flightEndpoint();
    await at.flights.release();

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), content, async (path, body) => {
        const { status, fault } = await at.post(path, body);
        expect(fault).toBeUndefined();
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it('answers whatever bytes and headers it is sent', async () => {
    const at = flightEndpoint();
    await at.flights.release();
    const headers = fc.dictionary(
      fc.constantFrom('content-type', 'content-encoding', 'x'),
      fc.constantFrom('application/json', 'application/json; charset=utf-8', 'gzip', 'br', ''),
    );
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'brew');

    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 60 }),
        headers,
        method,
        fc.oneof(fc.constantFrom(...PATHS), fc.webPath()),
        async (body, given, verb, path) => {
          const answer = await at.send({ body, headers: given, method: verb, path });
          expect(answer.status).toBeLessThan(500);
          expect(JSON.stringify(answer.body)).toBeTypeOf('string');
        },
      ),
      { numRuns: 100 },
    );
  });

  it('answers nesting that no stack could hold', async () => {
    const at = flightEndpoint();
    await at.flights.release();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    for (const path of PATHS) expect((await at.post(path, deep)).status).toBe(400);
    expect((await at.post('/predict', `{"distance":${deep}}`)).status).toBe(400);
  });
});
