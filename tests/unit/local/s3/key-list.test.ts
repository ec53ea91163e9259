import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys, createKeyList } from '../../../../local/s3/key-list.ts';

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  // lone surrogates have no UTF-8, so keys never hold them
  fc.constantFrom('\u{1F600}', '\uFFEE', '\uE000', 'a', 'a/', 'a/b', 'A', 'ab'),
);

describe('compareKeys', () => {
  it('orders as the bytes of UTF-8 do', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const byBytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareKeys(a, b))).toBe(byBytes);
      }),
    );
  });
});

describe('createKeyList', () => {
  it('holds each key once, in order, whatever was added and removed', () => {
    fc.assert(
      fc.property(fc.array(key), fc.array(key), fc.array(key), (initial, added, removed) => {
        const list = createKeyList(new Set(initial));
        for (const each of added) list.add(each);
        for (const each of removed) list.remove(each);

        const expected = new Set([...initial, ...added].filter((each) => !removed.includes(each)));
        const held = Array.from({ length: list.size }, (_, index) => list.at(index));
        expect(held).toEqual([...expected].toSorted(compareKeys));
      }),
    );
  });
});
