import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  downloadAll,
  fingerprintOf,
  listDataset,
  newestDays,
} from '../../../../core/data/dataset.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';
import { parcels } from '../../../fakes/parcels.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const csv = { ...parcels, data: { ...parcels.data, format: 'csv' as const } };

async function storeOf(...keys: readonly string[]) {
  const objects = memoryObjects();
  for (const key of keys) await objects.put(key, `content of ${key}`);
  return objects;
}

describe('listDataset', () => {
  it('gives the files of the declared format, with the day of their partition', async () => {
    const objects = await storeOf(
      'datasets/late-parcel/dt=2001-01-02/a.csv.gz',
      'datasets/late-parcel/old.csv',
      'datasets/late-parcel/dt=2001-01-02/_SUCCESS',
      'datasets/late-parcel/dt=2001-01-02/a.parquet',
      'datasets/late-parcel-two/a.csv',
    );

    const listed = await listDataset(objects, csv);

    expect(listed.map(({ key, day }) => [key, day])).toEqual([
      ['datasets/late-parcel/dt=2001-01-02/a.csv.gz', '2001-01-02'],
      ['datasets/late-parcel/old.csv', undefined],
    ]);
  });
});

const partition = (day: string) => ({ key: day, size: 1, etag: '', day });

describe('newestDays', () => {
  it('counts back from the newest partition, with a margin for other time zones', () => {
    const days = ['2001-01-01', '2001-01-05', '2001-01-10', '2001-01-11', '2001-03-01'];

    const chosen = newestDays(days.map(partition), {
      to: new Date('2001-01-10T12:00:00Z'),
      days: 3,
    });

    // newest is the 11th (a day after the as-of), 3 days and 2 of margin before it begin on the 6th
    expect(chosen.map(({ day }) => day)).toEqual(['2001-01-10', '2001-01-11']);
  });

  it('keeps files without a partition, whose rows may be of any time', () => {
    const unpartitioned = { key: 'all.csv', size: 1, etag: '' };
    const to = new Date('2001-01-10T00:00:00Z');
    expect(newestDays([unpartitioned], { to, days: 3 })).toEqual([unpartitioned]);
  });

  it('fails when everything is newer, and says what there is', () => {
    expect(() =>
      newestDays([partition('2001-03-01'), partition('2001-03-05')], {
        to: new Date('2001-01-10T00:00:00Z'),
        days: 3,
      }),
    ).toThrow(/no data from before 2001-01-10.*partitions: 2001-03-01 to 2001-03-05/);
  });
});

describe('downloadAll', () => {
  it('brings every object to a file named by its key', async () => {
    const objects = await storeOf('datasets/late-parcel/dt=2001-01-02/a.csv');

    const [file] = await downloadAll(objects, await objects.list(''), await scratchFolder());

    expect(await readFile(file!.path, 'utf8')).toBe(
      'content of datasets/late-parcel/dt=2001-01-02/a.csv',
    );
  });

  it('fails on a key that would leave the folder', async () => {
    const objects = await storeOf('datasets/../../escaped.csv');
    await expect(
      downloadAll(objects, await objects.list(''), await scratchFolder()),
    ).rejects.toThrow("object 'datasets/../../escaped.csv' has a key that is no file path");
  });
});

describe('fingerprintOf', () => {
  const a = { key: 'a', sha256: '1' };
  const b = { key: 'b', sha256: '2' };

  it('is the same for the same files in any order', () => {
    expect(fingerprintOf([a, b])).toBe(fingerprintOf([b, a]));
  });

  it('differs when a byte or a name differs', () => {
    const prints = [[a, b], [a, { ...b, sha256: '3' }], [a, { ...b, key: 'c' }], [a]];
    expect(new Set(prints.map(fingerprintOf)).size).toBe(4);
  });
});
