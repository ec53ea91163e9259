import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { unpackAggregated } from '../../../../core/serve/aggregated-record.ts';
import { aggregated } from '../../../fakes/aggregated-record.ts';

const MAGIC = Buffer.from('f3899ac2', 'hex');

function sealed(message: Buffer): Buffer {
  return Buffer.concat([MAGIC, message, createHash('md5').update(message).digest()]);
}

describe('unpackAggregated', () => {
  it("reads what Amazon's own library packs", () => {
    // aws-kinesis-agg 4.2.8 from npm: new RecordAggregator(), addUserRecord of each, build().
    const bytes = Buffer.from(
      'f3899ac20a0341544c0a034a464b1a0b08001a077b2261223a317d1a0b08011a077b2262223a327d' +
        '1a0b08001a077b2263223a337d85da3d02b34a0f1def5a32c4eb3f879f',
      'hex',
    );

    const records = unpackAggregated(bytes)?.map(({ partitionKey, data }) => [
      partitionKey,
      Buffer.from(data).toString(),
    ]);

    expect(records).toEqual([
      ['ATL', '{"a":1}'],
      ['JFK', '{"b":2}'],
      ['ATL', '{"c":3}'],
    ]);
  });

  it('gives back any records, in their order', () => {
    const record = fc.record({ key: fc.string(), data: fc.uint8Array({ maxLength: 300 }) });
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const unpacked = unpackAggregated(aggregated(records));
        expect(unpacked?.map(({ partitionKey, data }) => ({ key: partitionKey, data }))).toEqual(
          records.map(({ key, data }) => ({ key, data: new Uint8Array(data) })),
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['other bytes', Buffer.from('{"a":1}')],
    ['nothing', Buffer.alloc(0)],
    ['only the magic', MAGIC],
    ['a wrong digest', Buffer.concat([aggregated([]), Buffer.from('x')])],
  ])('takes %s for a record by itself', (_, bytes) => {
    expect(unpackAggregated(bytes)).toBeUndefined();
  });

  it.each([
    ['a field that is cut short', Buffer.from([3 * 8 + 2, 100, 1])],
    ['a number that does not end', Buffer.from([0x80])],
    ['a wire type that the format does not use', Buffer.from([1 * 8 + 5, 1, 2, 3, 4])],
    ['a key that is not there', Buffer.from([3 * 8 + 2, 2, 1 * 8, 7])],
  ])('fails on %s', (_, message) => {
    expect(() => unpackAggregated(sealed(message))).toThrow(RangeError);
  });
});
