import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import type { LabelRecord, PredictionRecord } from '../../../../core/model/records.ts';
import { readWindow, windowBefore } from '../../../../core/monitor/window.ts';
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

const label = (id: string, at: string, value: number): LabelRecord => ({
  id,
  model: 'late-parcel',
  at,
  label: value,
});

async function read(files: Readonly<Record<string, readonly object[]>>) {
  const objects = memoryObjects();
  for (const [key, records] of Object.entries(files)) {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    await objects.put(key, key.endsWith('.gz') ? gzipSync(lines) : lines);
  }
  const scratch = await scratchFolder();
  return withDuckDb({ memoryMiB: 256, threads: 1, scratch }, (connection) =>
    readWindow(connection, objects, parcels, window, scratch),
  );
}

describe('readWindow', () => {
  it('takes the predictions from its start on and before its end, from all days', async () => {
    const { columns } = await read({
      'predictions/late-parcel/dt=2001-01-02/online-1.jsonl.gz': [
        prediction('early', '2001-01-02T05:59:59.999Z'),
        prediction('first', '2001-01-02T06:00:00.000Z', {
          features: { sent: null, weight: 1, depot: 'B' },
        }),
      ],
      'predictions/late-parcel/dt=2001-01-03/stream-1.jsonl.gz': [
        prediction('last', '2001-01-03T05:59:59.999Z'),
        prediction('late', '2001-01-03T06:00:00.000Z'),
      ],
    });

    expect(columns.numbers['weight']).toEqual(Float32Array.of(1, 2));
    expect(columns.times['sent']).toEqual(
      Float64Array.of(NaN, Date.parse('2001-01-03T05:59:59.999Z')),
    );
    expect(columns.categories['depot']?.dictionary).toEqual(['A', 'B']);
  });

  it('counts a prediction that was written twice once', async () => {
    const twice = prediction('same', '2001-01-02T12:00:00.000Z');
    const { columns } = await read({
      'predictions/late-parcel/dt=2001-01-02/stream-1.jsonl.gz': [twice],
      'predictions/late-parcel/dt=2001-01-02/stream-2.jsonl.gz': [twice],
    });
    expect(columns.rows).toBe(1);
  });

  it('joins the newest label that had come by the end', async () => {
    const at = '2001-01-02T12:00:00.000Z';
    const { label: labels, output } = await read({
      'predictions/late-parcel/dt=2001-01-02/online-1.jsonl.gz': [
        prediction('corrected', at),
        prediction('open', at, { probability: 0.25 }),
      ],
      'labels/late-parcel/dt=2001-01-02/a.jsonl': [
        label('corrected', '2001-01-02T13:00:00.000Z', 0),
        label('corrected', '2001-01-02T14:00:00.000Z', 1),
      ],
      'labels/late-parcel/dt=2001-01-03/a.jsonl': [label('open', '2001-01-03T07:00:00.000Z', 1)],
    });
    expect(labels).toEqual(Float64Array.of(1, NaN));
    expect(output).toEqual(Float64Array.of(0.75, 0.25));
  });

  it('takes a value of the wrong type for a missing one', async () => {
    const { columns } = await read({
      'predictions/late-parcel/dt=2001-01-02/online-1.jsonl.gz': [
        prediction('odd', '2001-01-02T12:00:00.000Z', {
          features: { sent: 'soon', weight: 'heavy', depot: 'A' },
        }),
      ],
    });
    expect(columns.numbers['weight']).toEqual(Float32Array.of(NaN));
    expect(columns.times['sent']).toEqual(Float64Array.of(NaN));
  });

  it('is empty where nothing was predicted', async () => {
    const { columns, label: labels } = await read({});
    expect(columns.rows).toBe(0);
    expect(labels).toHaveLength(0);
  });
});
