import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { loadRows } from '../../../../core/data/load.ts';
import { readPrepared, writePrepared } from '../../../../core/data/prepared.ts';
import { defineModel } from '../../../../core/model/index.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const day = (number: number): Date => new Date(Date.UTC(2001, 0, number));

async function preparedWith(lines: readonly string[]) {
  const scratch = await scratchFolder();
  const definition = defineModel({
    ...parcelDeclaration,
    data: { ...parcelDeclaration.data, format: 'csv', weight: 'importance' },
  });
  const path = join(scratch, 'parcels.csv');
  await writeFile(path, ['sent,weight,depot,days_late,importance', ...lines].join('\n'));
  return withDuckDb({ memoryMiB: 256, threads: 2, scratch }, async (connection) => {
    const files = [{ key: 'parcels.csv', path, sha256: '' }];
    await loadRows(connection, { definition, files, before: day(30) });
    const times = {
      trainingFrom: day(1),
      validationFrom: day(2),
      holdoutFrom: day(10),
      to: day(30),
    };
    const parts = { training: join(scratch, 'a.parquet'), holdout: join(scratch, 'b.parquet') };
    await writePrepared(connection, definition.features, times, parts);
    return readPrepared(connection, definition.features, parts.training);
  });
}

describe('prepared rows', () => {
  it('keep the weight that the declaration names', async () => {
    const columns = await preparedWith([
      '2001-01-02T00:00:00Z,1.5,north,3,2',
      '2001-01-03T00:00:00Z,2.5,south,0,0.5',
    ]);

    expect([...columns.weights!]).toEqual([2, 0.5]);
  });

  it('fails where a row has no weight above 0', async () => {
    const lines = ['2001-01-02T00:00:00Z,1.5,north,3,2', '2001-01-03T00:00:00Z,2.5,south,0,0'];

    await expect(preparedWith(lines)).rejects.toThrow(
      "weight column 'importance' is empty or not above 0 in 1 rows",
    );
  });
});
