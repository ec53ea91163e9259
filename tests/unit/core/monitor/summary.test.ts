import { describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { profileOf } from '../../../../core/data/profile.ts';
import { readColumns } from '../../../../core/data/read.ts';
import { summarise } from '../../../../core/monitor/summary.ts';
import { summaryOf } from '../../../../core/monitor/summary-of.ts';
import { parcels } from '../../../fakes/parcels.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const ROWS = `(
  select case when i % 50 = 0 then null else (i * 7919 % 997) / 10.0 end::float as weight,
    case when i % 40 = 0 then '' when i % 41 = 0 then null else 'D' || i % 7 end as depot,
    978307200000.0 + i * 60000.0 as sent
  from range(5000) as rows(i))`;

/** More than the 50 kg that a parcel may weigh. */
const isHeavy = (i: number): boolean => i % 50 > 0 && (i * 7919) % 997 > 500;

describe('summarise', () => {
  it('counts in DuckDB what would be counted in memory', async () => {
    const scratch = await scratchFolder();
    await withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
      const { columns } = await readColumns(connection, { features: parcels.features, from: ROWS });
      const profile = profileOf(columns, parcels);
      const summary = await summarise(connection, parcels, ROWS, profile);
      const expected = summaryOf(columns, parcels, profile);
      expect(summary.numbers).toEqual(expected.numbers);
      expect(summary.rows).toBe(5000);
      const heavy = Array.from({ length: 5000 }, (_, i) => i).filter(isHeavy).length;
      expect(summary.numbers['weight']).toMatchObject({ missing: 100, outside: heavy });
      expect(Object.fromEntries(summary.categories['depot']!.counts)).toEqual(
        Object.fromEntries(expected.categories['depot']!.counts),
      );
      // 125 multiples of 40 and 122 of 41 below 5000, 4 of both
      expect(summary.categories['depot']).toMatchObject({ missing: 243, other: 0 });
    });
  });

  it('has one bin where there is no profile', async () => {
    const scratch = await scratchFolder();
    await withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
      const { numbers } = await summarise(connection, parcels, ROWS, undefined);
      expect(numbers['weight']?.sketch.counts).toEqual([4900]);
    });
  });
});
