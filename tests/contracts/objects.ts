/** What every object store must do. Run by the tests of each implementation. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectNotFoundError, type ObjectStore } from '../../core/aws/objects.ts';

export function testObjectStore(
  name: string,
  open: () => ObjectStore | Promise<ObjectStore>,
): void {
  describe(`${name}, as an object store`, () => {
    let store: ObjectStore;
    let folder: string;

    beforeAll(async () => {
      store = await open();
      folder = await mkdtemp(join(tmpdir(), 'tidemill-objects-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('gives back the bytes that were put', async () => {
      await store.put(
        'bytes/all',
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
      );

      expect([...(await store.get('bytes/all'))]).toEqual(
        Array.from({ length: 256 }, (_, at) => at),
      );
    });

    it('keeps text as UTF-8', async () => {
      await store.put('text/greeting', 'grüß dich', 'text/plain');

      expect(Buffer.from(await store.get('text/greeting')).toString('utf8')).toBe('grüß dich');
    });

    it('takes an object away, and does not mind if it is not there', async () => {
      await store.put('away/soon', 'text');

      await store.remove('away/soon');
      await store.remove('away/soon');

      expect(await store.list('away/')).toEqual([]);
    });

    it('fails on a key where nothing is, naming it', async () => {
      await expect(store.get('nothing/here')).rejects.toThrow(
        new ObjectNotFoundError('nothing/here'),
      );
      await expect(store.download('nothing/here', join(folder, 'nothing'))).rejects.toThrow(
        "there is no object 'nothing/here'",
      );
    });

    it('overwrites with put, and never with putIfAbsent', async () => {
      expect(await store.putIfAbsent('write/once', 'first')).toBe(true);
      expect(await store.putIfAbsent('write/once', 'second')).toBe(false);
      expect(Buffer.from(await store.get('write/once')).toString()).toBe('first');

      await store.put('write/once', 'third');
      expect(Buffer.from(await store.get('write/once')).toString()).toBe('third');
    });

    it('lets exactly one of many writers win', async () => {
      const won = await Promise.all(
        Array.from({ length: 20 }, (_, writer) =>
          store.putIfAbsent('race/key', `writer ${writer}`),
        ),
      );

      expect(won.filter(Boolean)).toHaveLength(1);
      expect(Buffer.from(await store.get('race/key')).toString()).toBe(
        `writer ${won.indexOf(true)}`,
      );
    });

    it('lists what is under a prefix in key order, with sizes', async () => {
      for (const key of ['list/b', 'list/a/2', 'list/a/10', 'listed']) await store.put(key, key);

      const listed = await store.list('list/');

      expect(listed.map(({ key, size }) => [key, size])).toEqual([
        ['list/a/10', 9],
        ['list/a/2', 8],
        ['list/b', 6],
      ]);
      expect(new Set(listed.map(({ etag }) => etag)).size).toBe(3);
      expect(await store.list('none/')).toEqual([]);
    });

    it('copies files in and out', async () => {
      await writeFile(join(folder, 'in'), 'a file');
      await store.upload(join(folder, 'in'), 'files/one', 'text/plain');

      await store.download('files/one', join(folder, 'out'));

      expect(await readFile(join(folder, 'out'), 'utf8')).toBe('a file');
    });
  });
}
