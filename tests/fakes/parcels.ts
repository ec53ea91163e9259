/** A small model with data that follows a known rule, for tests of the pipeline. */
import { join } from 'node:path';
import type { ObjectStore } from '../../core/aws/objects.ts';
import { literal, withDuckDb } from '../../core/data/duckdb.ts';
import {
  category,
  defineModel,
  minuteOfDay,
  number,
  timestamp,
  type ModelDeclaration,
} from '../../core/model/index.ts';

export const parcelDeclaration: ModelDeclaration = {
  name: 'late-parcel',
  problem: { statement: 'Will it be late?', decision: 'Call ahead', owner: 'ops@example.com' },
  data: { time: 'sent' },
  target: { kind: 'binary', column: 'days_late', atLeast: 1 },
  features: {
    sent: timestamp({ description: 'When it was sent' }),
    weight: number({ description: 'Of the parcel', unit: 'kg', minimum: 0, maximum: 50 }),
    depot: category({ description: 'Where it was sent' }),
  },
  derived: { minute: minuteOfDay('sent') },
  split: { trainingDays: 8, holdoutDays: 2 },
  trainer: {
    algorithm: 'gradient-boosted-trees',
    parameters: { trees: 20, leaves: 7, learningRate: 0.3, minimumRowsInLeaf: 20 },
    search: { leaves: [3, 7] },
    candidates: 2,
  },
  gate: { metric: 'auc', beatBaselineBy: 0.05 },
  serving: { batch: { rowsPerShard: 2500 } },
  monitors: {
    windowHours: 24,
    minimumRows: 100,
    performance: { metric: 'auc', limit: 0.6, minimumLabels: 100 },
  },
};

export const parcels = defineModel(parcelDeclaration);

export interface ParcelDays {
  /** First day, such as '2001-01-01'. */
  readonly from: string;
  readonly days: number;
  readonly rowsADay: number;
}

/**
 * Puts one Parquet file a day. Every third parcel above 25 kg of depots A and B is on time, and
 * all others of those; below it every fifth is late: so weight tells much, and depot a little.
 */
export async function putParcels(
  objects: ObjectStore,
  scratch: string,
  { from, days, rowsADay }: ParcelDays,
): Promise<void> {
  await withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
    for (let day = 0; day < days; day++) {
      const date = new Date(Date.parse(from) + day * 86_400_000).toISOString().slice(0, 10);
      const file = join(scratch, `parcels-${date}.parquet`);
      await connection.run(`
        copy (
          select timestamp ${literal(date)} + to_seconds(i * 86400 // ${rowsADay}) as sent,
            ((i * 7919 + ${day} * 31) % 500) / 10 as weight,
            chr(65 + (i * 31 % 4)::int) as depot,
            case when (i * 7919 + ${day} * 31) % 500 > 250 and i % 4 < 3 then i % 3
              else (i % 5 = 0)::int end as days_late
          from range(${rowsADay}) as rows(i)
        ) to ${literal(file)} (format parquet)`);
      await objects.upload(file, `datasets/late-parcel/dt=${date}/part-0.parquet`);
    }
  });
}

/** Puts ten days of 2002 with a column more, which is the target by another name. */
export async function putLeakingParcels(objects: ObjectStore, scratch: string): Promise<void> {
  const file = join(scratch, 'leaking.parquet');
  await withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
    await connection.run(`
      copy (
        select timestamp '2002-01-01' + to_minutes(i * 10) as sent, (i % 50)::double as weight,
          chr(65 + (i % 4)::int) as depot, (i * 7919 % 3)::int as days_late,
          -days_late as days_early
        from range(1580) as rows(i)
      ) to ${literal(file)} (format parquet)`);
  });
  await objects.upload(file, 'datasets/late-parcel/dt=2002-01-01/part-0.parquet');
}
