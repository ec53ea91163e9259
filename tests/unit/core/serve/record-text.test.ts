import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PredictionRecord } from '../../../../core/model/records.ts';
import { isPlain, recordText } from '../../../../core/serve/record-text.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
// What a declaration takes as a name.
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
const value = fc.oneof(text, fc.double(), fc.constant(null));

// The properties in the order in which records have them.
const record: fc.Arbitrary<PredictionRecord> = fc.record(
  {
    id: text,
    model: fc.constant('flight-delay'),
    version: fc.integer({ min: 1 }),
    source: fc.constantFrom('online', 'stream', 'batch'),
    at: fc.constant('2001-05-01T00:16:00.000Z'),
    features: fc.dictionary(name, value),
    prediction: fc.double(),
    class: text,
    probability: fc.double(),
    variant: fc.constantFrom('challenger', 'shadow'),
    entity: text,
    event: fc.constant('shardId-000000000000:4959033827149025660:3'),
  },
  { requiredKeys: ['id', 'model', 'version', 'source', 'at', 'features', 'prediction'] },
);

it('writes any record as JSON.stringify does', () => {
  fc.assert(fc.property(record, (one) => recordText(one) === JSON.stringify(one)));
});

it('writes -0 as JSON does, which has no sign for it', () => {
  const zero: PredictionRecord = {
    id: 'a',
    model: 'm',
    version: 1,
    source: 'stream',
    at: '2001-05-01T00:16:00.000Z',
    features: {},
    prediction: -0,
  };

  expect(recordText(zero)).toBe(JSON.stringify(zero));
});

it('writes what came from a plain event as JSON.stringify does', () => {
  fc.assert(
    fc.property(record, text, (one, origin) => {
      const came = { id: one.id, entity: one.entity, origin };
      const kept = { ...one, features: { origin } };

      const written = recordText(kept, isPlain(Buffer.from(JSON.stringify(came))));

      expect(written).toBe(JSON.stringify(kept));
    }),
  );
});

it.each([
  { json: '{"origin":"ATL","distance":500}', plain: true },
  { json: String.raw`{"origin":"A\"L"}`, plain: false },
  { json: String.raw`{"origin":"A\u0022L"}`, plain: false },
  { json: '{"origin":"Zürich"}', plain: false },
  { json: '{"origin":"a\u007fb"}', plain: false },
])('tells that $json is plain: $plain', ({ json, plain }) => {
  expect(isPlain(Buffer.from(json))).toBe(plain);
});
