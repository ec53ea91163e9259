import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PredictionRecord } from '../../../../core/model/records.ts';
import { recordText } from '../../../../core/serve/record-text.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const value = fc.oneof(text, fc.double(), fc.constant(null));

// The properties in the order in which records have them.
const record: fc.Arbitrary<PredictionRecord> = fc.record(
  {
    id: text,
    model: fc.constant('flight-delay'),
    version: fc.integer({ min: 1 }),
    source: fc.constantFrom('online', 'stream', 'batch'),
    at: fc.constant('2001-05-01T00:16:00.000Z'),
    features: fc.dictionary(text, value),
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
