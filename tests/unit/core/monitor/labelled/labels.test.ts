import { describe, expect, it } from 'vitest';
import { rowsOf, withDuckDb } from '../../../../../core/data/duckdb.ts';
import { defineModel } from '../../../../../core/model/index.ts';
import { createLabels } from '../../../../../core/monitor/labelled/labels.ts';
import { memoryObjects } from '../../../../fakes/memory-objects.ts';
import { parcelDeclaration, parcels } from '../../../../fakes/parcels.ts';
import { scratchFolder } from '../../../../fakes/scratch.ts';

const window = { from: new Date('2001-01-02T00:00:00Z'), to: new Date('2001-01-04T00:00:00Z') };

const label = (id: string, at: string, value: unknown) => ({
  id,
  model: 'late-parcel',
  at,
  label: value,
});

async function read(files: Readonly<Record<string, readonly object[]>>, definition = parcels) {
  const objects = memoryObjects();
  for (const [day, records] of Object.entries(files)) {
    const lines = records.map((record) => JSON.stringify(record)).join('\n');
    await objects.put(`labels/late-parcel/dt=${day}/a.jsonl`, lines);
  }
  const folder = await scratchFolder();
  return withDuckDb({ memoryMiB: 256, threads: 1, scratch: folder }, async (connection) => {
    const counts = await createLabels(connection, objects, definition, {
      window,
      folder,
      table: 'labels',
    });
    const rows = await rowsOf(connection, 'select _id, _label from labels order by _id');
    return { counts, labels: rows.map(({ _id, _label }) => [_id, _label]) };
  });
}

describe('createLabels', () => {
  it('takes the newest label, in whatever order they came', async () => {
    const { labels, counts } = await read({
      '2001-01-03': [label('a', '2001-01-03T02:00:00Z', 1), label('b', '2001-01-03T01:00:00Z', 0)],
      '2001-01-02': [label('a', '2001-01-02T23:00:00Z', 0), label('b', '2001-01-02T01:00:00Z', 0)],
    });
    expect(labels).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
    expect(counts).toEqual({ ids: 2, repeated: 2, corrected: 1, wrong: 0 });
  });

  it('takes the largest of several at one moment, so that the order of files decides nothing', async () => {
    const at = '2001-01-03T02:00:00Z';
    const one = await read({ '2001-01-03': [label('a', at, 1), label('a', at, 0)] });
    const other = await read({ '2001-01-03': [label('a', at, 0), label('a', at, 1)] });
    expect(one.labels).toEqual([['a', 1]]);
    expect(other.labels).toEqual(one.labels);
  });

  it('leaves out what had not arrived by the end', async () => {
    const { labels } = await read({ '2001-01-03': [label('a', '2001-01-04T00:00:00Z', 1)] });
    expect(labels).toEqual([]);
  });

  it.each([
    { kind: 'binary', definition: parcels, right: 1, wrong: 7 },
    {
      kind: 'multiclass',
      definition: defineModel({
        ...parcelDeclaration,
        target: { kind: 'multiclass', column: 'days_late', classes: ['0', '1', '2'] },
        gate: { metric: 'accuracy', beatBaselineBy: 0 },
        monitors: {},
      }),
      right: 2,
      wrong: 3,
    },
    {
      kind: 'regression',
      definition: defineModel({
        ...parcelDeclaration,
        target: { kind: 'regression', column: 'days_late' },
        gate: { metric: 'rmse', beatBaselineBy: 0 },
        monitors: {},
      }),
      right: -2.5,
      wrong: 'many',
    },
  ])('counts what is no label of a $kind target as wrong', async ({ definition, right, wrong }) => {
    const at = '2001-01-03T02:00:00Z';
    const { labels, counts } = await read(
      { '2001-01-03': [label('a', at, right), label('b', at, wrong), label('c', at, null)] },
      definition,
    );
    expect(labels).toEqual([['a', right]]);
    expect(counts.wrong).toBe(2);
  });
});
