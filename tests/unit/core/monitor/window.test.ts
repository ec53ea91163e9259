import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rowsOf, withDuckDb } from '../../../../core/data/duckdb.ts';
import type { PredictionRecord } from '../../../../core/model/records.ts';
import { type OpenWindow, openWindow, windowBefore } from '../../../../core/monitor/window.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';
import { parcels } from '../../../fakes/parcels.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const window = windowBefore(new Date('2001-01-03T06:00:00Z'), 24);

const prediction = (id: string, at: string, more: Partial<PredictionRecord> = {}) => ({
  id,
  model: 'late-parcel',
  version: 1,
  source: 'online',
  at,
  features: { sent: at, weight: 2, depot: 'A' },
  prediction: 1,
  probability: 0.75,
  ...more,
});

async function read(
  files: Readonly<Record<string, readonly (object | string)[]>>,
): Promise<{ opened: OpenWindow; rows: Record<string, unknown>[] }> {
  const objects = memoryObjects();
  for (const [key, records] of Object.entries(files)) {
    const lines = records
      .map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`)
      .join('');
    await objects.put(key, key.endsWith('.gz') ? gzipSync(lines) : lines);
  }
  const folder = await scratchFolder();
  return withDuckDb({ memoryMiB: 256, threads: 1, scratch: folder }, async (connection) => {
    const opened = await openWindow(connection, objects, parcels, {
      window,
      folder,
      name: 'current',
    });
    return {
      opened,
      rows: await rowsOf(connection, `select * from ${opened.table} order by _at, _id`),
    };
  });
}

const noon = '2001-01-02T12:00:00.000Z';
const PLACE = 'predictions/late-parcel/dt=2001-01-02/online-1.jsonl.gz';

describe('openWindow', () => {
  it('takes the predictions from its start on and before its end, from all days', async () => {
    const { rows } = await read({
      [PLACE]: [
        prediction('early', '2001-01-02T05:59:59.999Z'),
        prediction('first', '2001-01-02T06:00:00.000Z', {
          features: { sent: null, weight: 1.1, depot: 'B' },
        }),
      ],
      'predictions/late-parcel/dt=2001-01-03/stream-1.jsonl.gz': [
        prediction('last', '2001-01-03T05:59:59.999Z'),
        prediction('late', '2001-01-03T06:00:00.000Z'),
      ],
    });

    expect(rows).toMatchObject([
      { _id: 'first', weight: Math.fround(1.1), sent: null, depot: 'B', _output: 0.75 },
      { _id: 'last', weight: 2, sent: Date.parse('2001-01-03T05:59:59.999Z'), depot: 'A' },
    ]);
  });

  it('counts a prediction that was written twice once, and its shadow beside it', async () => {
    const twice = prediction('same', noon);
    const { opened, rows } = await read({
      [PLACE]: [twice, prediction('same', noon, { variant: 'shadow', version: 2 })],
      'predictions/late-parcel/dt=2001-01-02/stream-2.jsonl.gz': [
        twice,
        prediction('same', '2001-01-02T13:00:00.000Z', { probability: 0.1 }),
      ],
    });
    expect(rows).toHaveLength(2);
    expect(rows.map(({ _output }) => _output)).toEqual([0.75, 0.75]);
    expect(opened.counts).toMatchObject({ duplicates: 2, champion: 1, shadow: 1, challenger: 0 });
  });

  it('takes a value of the wrong type for a missing one, and says so', async () => {
    const { rows } = await read({
      [PLACE]: [
        prediction('odd', noon, { features: { sent: 'soon', weight: 'heavy', depot: 'A' } }),
        prediction('tidy', noon, { features: { sent: null, weight: null, depot: 'A' } }),
      ],
    });
    expect(rows).toMatchObject([
      { weight: null, sent: null, _bad_weight: true, _bad_sent: true },
      { weight: null, _bad_weight: false },
    ]);
  });

  it('counts lines that are no records, and reads on', async () => {
    const { opened, rows } = await read({
      [PLACE]: ['{"id": broken', '[1]', prediction('whole', noon)],
    });
    expect(rows).toHaveLength(1);
    expect(opened.counts.broken).toBe(2);
  });

  it('is empty where nothing was predicted', async () => {
    const { opened, rows } = await read({});
    expect(rows).toEqual([]);
    expect(opened.counts).toEqual({
      broken: 0,
      duplicates: 0,
      champion: 0,
      challenger: 0,
      shadow: 0,
    });
  });
});
