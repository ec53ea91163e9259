/** What every fact table must do. Run by the tests of each implementation. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { FactTable, RemovableFacts } from '../../core/aws/facts.ts';

export function testFactTable(name: string, open: () => FactTable | Promise<FactTable>): void {
  describe(`${name}, as a fact table`, () => {
    let table: FactTable;

    beforeAll(async () => {
      table = await open();
    });

    it('gives back a fact as it was put, without what is undefined', async () => {
      const place = { partition: 'round#trip', sort: 'fact' };
      const fact = {
        text: 'é',
        share: 0.1234567890123456,
        none: null,
        list: [1, 'two', { three: 3 }],
        nested: { yes: true, empty: {} },
      };

      expect(await table.get(place)).toBeUndefined();
      expect(await table.putIfAbsent({ ...place, ...fact, gone: undefined })).toBe(true);
      expect(await table.get(place)).toEqual({ ...place, ...fact });
    });

    it('keeps the first fact of a place', async () => {
      const place = { partition: 'first', sort: 'wins' };

      expect(await table.putIfAbsent({ ...place, value: 1 })).toBe(true);
      expect(await table.putIfAbsent({ ...place, value: 2 })).toBe(false);
      expect(await table.get(place)).toEqual({ ...place, value: 1 });
    });

    it('lets exactly one of many writers win', async () => {
      const place = { partition: 'race', sort: 'fact' };

      const won = await Promise.all(
        Array.from({ length: 20 }, (_, writer) => table.putIfAbsent({ ...place, writer })),
      );

      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await table.get(place)).toEqual({ ...place, writer: won.indexOf(true) });
    });

    it('replaces only the revision that the writer has seen', async () => {
      const place = { partition: 'replace', sort: 'fact' };
      expect(await table.replace({ ...place, revision: 1 }, 0)).toBe(false);
      await table.putIfAbsent({ ...place, revision: 0, value: 'old' });

      expect(await table.replace({ ...place, revision: 1, value: 'new' }, 0)).toBe(true);
      expect(await table.replace({ ...place, revision: 1, value: 'late' }, 0)).toBe(false);
      expect(await table.get(place)).toEqual({ ...place, revision: 1, value: 'new' });
    });

    it('finds the facts of a partition in order, by prefix, from either end', async () => {
      for (const sort of ['b#1', 'a#2', 'a#10'])
        await table.putIfAbsent({ partition: 'many', sort });
      await table.putIfAbsent({ partition: 'many#more', sort: 'a#3' });
      const sorts = async (query?: Parameters<FactTable['query']>[1]) =>
        (await table.query('many', query)).map(({ sort }) => sort);

      expect(await sorts()).toEqual(['a#10', 'a#2', 'b#1']);
      expect(await sorts({ sortPrefix: 'a#' })).toEqual(['a#10', 'a#2']);
      expect(await sorts({ descending: true, limit: 2 })).toEqual(['b#1', 'a#2']);
      expect(await sorts({ sortPrefix: 'c' })).toEqual([]);
      expect(await sorts({ sortPrefix: 'a#', after: 'a#10' })).toEqual(['a#2']);
      expect(await sorts({ sortPrefix: 'a#', after: 'a#2' })).toEqual([]);
    });

    it('reads many places at once, and passes over those that are not taken', async () => {
      const places = Array.from({ length: 230 }, (_, at) => ({
        partition: `places#${at}`,
        sort: 'state',
      }));
      for (const [at, place] of places.entries()) {
        if (at % 3 > 0) await table.putIfAbsent({ ...place, at });
      }

      const found = await table.getMany(places);

      expect(found.map(({ at }) => Number(at)).toSorted((one, other) => one - other)).toEqual(
        [...places.keys()].filter((at) => at % 3 > 0),
      );
      expect(await table.getMany([])).toEqual([]);
    });

    it('finds more than fit into one answer of the service', async () => {
      // DynamoDB answers with at most 1 MB a page.
      const text = 'x'.repeat(200_000);
      for (let at = 0; at < 8; at++) {
        await table.putIfAbsent({ partition: 'large', sort: `fact#${at}`, text });
      }

      expect(await table.query('large')).toHaveLength(8);
      expect(await table.query('large', { limit: 7 })).toHaveLength(7);
    });
  });
}

/** @param open an empty table, the same each time or a new one */
export function testRemoval(name: string, open: () => RemovableFacts): void {
  it(`takes a fact out of ${name}, once, and no other`, async () => {
    const table = open();
    const [one, other] = ['one', 'other'].map((sort) => ({ partition: 'removed', sort }));
    await table.putIfAbsent(one!);
    await table.putIfAbsent(other!);

    await table.remove(one!);
    await table.remove(one!);

    expect(await table.query('removed')).toEqual([other]);
    expect(await table.putIfAbsent(one!)).toBe(true);
  });
}
