import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyList } from '../../../../local/s3/key-list.ts';
import { listPage, type ListingQuery, type Page } from '../../../../local/s3/listing.ts';

const everything: ListingQuery = { prefix: '', delimiter: '', after: '', maxKeys: 1000 };

function list(keys: readonly string[], query: Partial<ListingQuery>): Page {
  return listPage(createKeyList(keys), { ...everything, ...query });
}

describe('listPage', () => {
  it('rolls up what follows the delimiter', () => {
    expect(list(['a', 'a/b', 'a/c/d', 'b/e', 'f'], { delimiter: '/' })).toEqual({
      keys: ['a', 'f'],
      commonPrefixes: ['a/', 'b/'],
    });
  });

  it('lists one folder', () => {
    expect(list(['a', 'a/b', 'a/c/d', 'b/e'], { prefix: 'a/', delimiter: '/' })).toEqual({
      keys: ['a/b'],
      commonPrefixes: ['a/c/'],
    });
  });

  it('goes on after a common prefix with what is not under it', () => {
    const keys = ['a/1', 'a/2', 'b'];

    const first = list(keys, { delimiter: '/', maxKeys: 1 });
    const second = list(keys, { delimiter: '/', maxKeys: 1, after: first.next ?? '' });

    expect(first).toEqual({ keys: [], commonPrefixes: ['a/'], next: 'a/' });
    expect(second).toEqual({ keys: ['b'], commonPrefixes: [] });
  });

  it('goes on after a key that is the prefix itself', () => {
    const keys = ['a/', 'a/b'];

    const first = list(keys, { prefix: 'a/', delimiter: '/', maxKeys: 1 });
    const second = list(keys, { prefix: 'a/', delimiter: '/', maxKeys: 1, after: 'a/' });

    expect(first).toEqual({ keys: ['a/'], commonPrefixes: [], next: 'a/' });
    expect(second).toEqual({ keys: ['a/b'], commonPrefixes: [] });
  });

  it('starts after keys that do not exist', () => {
    expect(list(['a', 'c'], { after: 'b' }).keys).toEqual(['c']);
  });

  it('has nothing and is not truncated when no keys are asked for', () => {
    expect(list(['a'], { maxKeys: 0 })).toEqual({ keys: [], commonPrefixes: [] });
  });

  it('gives the same in pages as at once', () => {
    const keys = fc.uniqueArray(fc.stringMatching(/^[ab/]{1,5}$/), { maxLength: 30 });
    fc.assert(
      fc.property(
        keys,
        fc.constantFrom('', 'a', 'a/'),
        fc.constantFrom('', '/'),
        fc.integer({ min: 1, max: 4 }),
        (all, prefix, delimiter, maxKeys) => {
          const whole = list(all, { prefix, delimiter });
          const pages: Page[] = [];
          let after: string | undefined = '';
          while (after !== undefined) {
            const page: Page = list(all, { prefix, delimiter, maxKeys, after });
            pages.push(page);
            after = page.next;
          }

          expect(pages.flatMap((page) => page.keys)).toEqual(whole.keys);
          expect(pages.flatMap((page) => page.commonPrefixes)).toEqual(whole.commonPrefixes);
        },
      ),
    );
  });
});
