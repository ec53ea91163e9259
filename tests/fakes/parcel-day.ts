/** One day of parcels in a file as wanted, whole or damaged. */
import { join } from 'node:path';
import type { ObjectStore } from '../../core/aws/objects.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import type { MemoryObjects } from './memory-objects.ts';
import { inScratchFolder } from './scratch.ts';

/** Puts a Parquet file of parcels; DuckDB makes no row groups smaller than 2048 rows. */
export async function putDay(
  objects: ObjectStore,
  date: string,
  weight: string,
  { rows, groups = 1, name = 'a' }: { rows: number; groups?: number; name?: string },
): Promise<string> {
  const key = `datasets/late-parcel/dt=${date}/${name}.parquet`;
  await inScratchFolder((scratch) =>
    withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
      const file = join(scratch, 'day.parquet');
      await connection.run(
        `copy (select timestamp '${date}' + to_seconds(i) as sent, 'A' as depot, ${weight}
           from range(${rows}) as rows(i))
         to '${file}' (format parquet, row_group_size ${groups > 1 ? 2048 : 122_880})`,
      );
      await objects.upload(file, key);
    }),
  );
  return key;
}

/** Overwrites bytes of the second of three row groups. */
export function spoil({ objects }: MemoryObjects, key: string): void {
  const bytes = objects.get(key)!;
  const middle = Math.floor((bytes.length - bytes.readUInt32LE(bytes.length - 8)) / 2);
  bytes.fill(0xff, middle - 400, middle + 400);
}
