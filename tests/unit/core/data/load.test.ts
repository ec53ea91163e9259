import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Columns } from '../../../../core/data/columns.ts';
import type { LocalFile } from '../../../../core/data/dataset.ts';
import { literal, rowsOf, withDuckDb } from '../../../../core/data/duckdb.ts';
import { loadRows, type LoadOptions, type Loaded } from '../../../../core/data/load.ts';
import { readColumns } from '../../../../core/data/read.ts';
import {
  defineModel,
  type ModelDeclaration,
  rollingCount,
  rollingMean,
} from '../../../../core/model/index.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const HEADER = 'sent,weight,depot,days_late';

type Format = 'csv' | 'json' | 'parquet';

function modelOf(format: Format, change: Partial<ModelDeclaration> = {}) {
  return defineModel({
    ...parcelDeclaration,
    ...change,
    data: { ...parcelDeclaration.data, format },
  });
}

interface Case {
  readonly format?: Format;
  readonly model?: Partial<ModelDeclaration>;
  readonly options?: Partial<LoadOptions>;
}

async function load(
  content: Readonly<Record<string, string>>,
  { format = 'csv', model = {}, options = {} }: Case = {},
): Promise<Loaded & { columns: Columns; places: Record<string, unknown>[] }> {
  const scratch = await scratchFolder();
  const definition = modelOf(format, model);
  return withDuckDb({ memoryMiB: 256, threads: 2, scratch }, async (connection) => {
    const files: LocalFile[] = [];
    for (const [key, text] of Object.entries(content)) {
      const path = join(scratch, key);
      await mkdir(dirname(path), { recursive: true });
      if (format === 'parquet') {
        await connection.run(`copy (${text}) to ${literal(path)} (format parquet)`);
      } else await writeFile(path, text);
      files.push({ key, path, sha256: '' });
    }
    const before = new Date('2002-01-01T00:00:00Z');
    const loaded = await loadRows(connection, { definition, files, before, ...options });
    const { columns } = await readColumns(connection, {
      features: definition.features,
      from: 'rows',
      target: '_target',
    });
    const places = await rowsOf(connection, 'select _key as key, _row::double as row from rows');
    return { ...loaded, columns, places };
  });
}

describe('loadRows', () => {
  it('reads many small files in little memory', async () => {
    const days = Array.from({ length: 20 }, (_, day) => [
      `dt=${day}/rows.csv`,
      `${HEADER}\n2001-01-01T10:00:00Z,${day},A,2\n`,
    ]);

    const { rows, columns } = await load(Object.fromEntries(days));

    expect(rows).toBe(20);
    expect(columns.numbers['weight']).toEqual(Float32Array.from(days.keys()));
  });

  it('reads CSV as declared, whatever the values look like', async () => {
    const { columns } = await load({
      'a.csv': `${HEADER}\n2001-01-01T10:00:00Z,1.5,007,2\n2001-01-01T12:00:00+02:00,,,0\n`,
    });

    expect(columns).toEqual({
      rows: 2,
      numbers: { weight: Float32Array.of(1.5, NaN) },
      categories: { depot: { dictionary: ['007'], codes: Int32Array.of(0, -1) } },
      times: {
        sent: Float64Array.of(
          Date.parse('2001-01-01T10:00:00Z'),
          Date.parse('2001-01-01T10:00:00Z'),
        ),
      },
      target: Float64Array.of(1, 0),
    });
  });

  it('reads JSON lines, with times in milliseconds', async () => {
    const { columns } = await load(
      { 'a.json': '{"sent": 978307200000, "weight": 3, "depot": "A", "days_late": 1}\n' },
      { format: 'json' },
    );

    expect(columns.times['sent']).toEqual(Float64Array.of(978307200000));
    expect(columns.numbers['weight']).toEqual(Float32Array.of(3));
  });

  it('reads Parquet, and takes a number that is not finite for a missing one', async () => {
    const row = `select timestamp '2001-01-01' as sent, 'infinity'::double as weight,
      'B' as depot, 0 as days_late`;
    const { columns } = await load({ 'a.parquet': row }, { format: 'parquet' });

    expect(columns.numbers['weight']).toEqual(Float32Array.of(NaN));
    expect(columns.categories['depot']?.dictionary).toEqual(['B']);
  });

  it('does not take the partition in a path for a column', async () => {
    const { rows } = await load({
      'dt=2001-01-01/a.csv': `${HEADER}\n2001-01-01,1,A,0\n`,
    });
    expect(rows).toBe(1);
  });

  it('drops rows without a target and counts them', async () => {
    const loaded = await load({
      'a.csv': `${HEADER}\n2001-01-01,1,A,\n2001-01-01,1,A,3\n2001-01-01,1,A,\n`,
    });
    expect(loaded).toMatchObject({ rows: 1, withoutTarget: 2 });
  });

  it('leaves out what happened at or after the moment asked for', async () => {
    const { rows } = await load(
      { 'a.csv': `${HEADER}\n2001-01-01T09:59:59Z,1,A,0\n2001-01-01T10:00:00Z,1,A,0\n` },
      { options: { before: new Date('2001-01-01T10:00:00Z') } },
    );
    expect(rows).toBe(1);
  });

  it('keeps the same fifth of the rows every time, and a file more changes nothing', async () => {
    const text = [HEADER, ...Array.from({ length: 1000 }, () => '2001-01-01,1,A,0')].join('\n');
    const options = { sample: 0.2 };

    const { places } = await load({ 'b.csv': text }, { options });
    const more = await load({ 'a.csv': text, 'b.csv': text }, { options });

    // multiples of an irrational step fill an interval within a few of its share
    expect(Math.abs(places.length - 200)).toBeLessThan(5);
    expect(more.places.filter(({ key }) => key === 'b.csv')).toEqual(places);
  });

  it('counts all rows for rolling features, also those outside the sample or without a target', async () => {
    const model: Partial<ModelDeclaration> = {
      rolling: {
        sent_1h: rollingCount({ by: 'depot', overMinutes: 60 }),
        late_1h: rollingMean({ of: 'label', by: 'depot', overMinutes: 60 }),
      },
      labels: { knownAfterMinutes: 10 },
      serving: { online: {}, stream: {} },
    };
    // One a minute; every other has a target, which is known ten minutes later.
    const lines = Array.from({ length: 200 }, (_, minute) => {
      const sent = new Date(Date.parse('2001-01-01') + minute * 60_000).toISOString();
      return `${sent},1,A,${minute % 2 === 0 ? 3 : ''}`;
    });

    const { columns, places } = await load(
      { 'a.csv': [HEADER, ...lines].join('\n') },
      { model, options: { sample: 0.2 } },
    );

    expect(places.length).toBeGreaterThan(10);
    const rows = places.map(({ row }) => Number(row));
    expect([...columns.numbers['sent_1h']!]).toEqual(rows.map((row) => Math.min(60, row)));
    expect([...columns.numbers['late_1h']!]).toEqual(rows.map((row) => (row > 10 ? 3 : NaN)));
  });

  it('fails on a missing column and names the file', async () => {
    await expect(load({ 'a.csv': 'sent,depot,days_late\n2001-01-01,A,0\n' })).rejects.toThrow(
      "'a.csv' has no column 'weight' (has: sent, depot, days_late)",
    );
  });

  it('fails on text where a number belongs, and shows where', async () => {
    await expect(
      load({ 'a.csv': `${HEADER}\n2001-01-01,1,A,0\n2001-01-01,heavy,A,0\n` }),
    ).rejects.toThrow(
      "column 'weight' of 'a.csv' has 1 values that are no number: 'heavy' in row 1",
    );
  });

  it('fails on a type that cannot be what was declared', async () => {
    const row = `select timestamp '2001-01-01' as sent, [1] as weight, 'B' as depot, 0 as days_late`;
    await expect(load({ 'a.parquet': row }, { format: 'parquet' })).rejects.toThrow(
      "column 'weight' of 'a.parquet' is INTEGER[], which is no number",
    );
  });

  it('fails on a row without a time', async () => {
    await expect(load({ 'a.csv': `${HEADER}\n2001-01-01,1,A,0\n,1,A,0\n` })).rejects.toThrow(
      "time column 'sent' is empty in 1 rows, the first in row 1 of 'a.csv'",
    );
  });

  it('takes what does not read as declared for missing, if that is asked for', async () => {
    const { unreadable, columns } = await load(
      { 'a.csv': `${HEADER}\n2001-01-01,heavy,A,1\n` },
      { options: { unreadable: 'missing' } },
    );
    expect(unreadable).toEqual([
      expect.stringContaining(
        "column 'weight' of 'a.csv' has 1 values that are no number: 'heavy'",
      ),
    ]);
    expect(columns.numbers['weight']).toEqual(Float32Array.of(NaN));
  });

  it('fails on a file that is not what its name says', async () => {
    const scratch = await scratchFolder();
    const path = join(scratch, 'a.parquet');
    await writeFile(path, 'no parquet');
    await expect(
      withDuckDb({ memoryMiB: 256, threads: 1, scratch }, (connection) =>
        loadRows(connection, {
          definition: modelOf('parquet'),
          files: [{ key: 'a.parquet', path, sha256: '' }],
          before: new Date(0),
        }),
      ),
    ).rejects.toThrow("'a.parquet' is not readable as parquet");
  });
});
