import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsOf, withDuckDb } from '../../../core/data/duckdb.ts';
import type { PipelineRequest } from '../../../core/pipeline/request.ts';
import { startPipeline } from '../../../core/pipeline/start.ts';
import { createRuns } from '../../../core/runs/runs.ts';
import { listManifests } from '../../../core/score/manifest.ts';
import { pick } from '../../../core/train/random.ts';
import { parcels, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { type JobRegion, openJobRegion } from './job-region.ts';

const MODEL = 'late-parcel';
const DAY = 'dt=2001-01-12';
/** Ten row groups, and so ten shards. */
const ROWS = 20_480;
const ATTEMPTS = 4;

let region: JobRegion;

beforeAll(async () => {
  region = await openJobRegion(ATTEMPTS);
  const days = { from: '2001-01-01', days: 11, rowsADay: 300 };
  await inScratchFolder((scratch) => putParcels(region.objects, scratch, days));
  await run({ pipeline: 'train', asOf: new Date('2001-01-12T00:00:00Z'), trigger: 'manual' });
  await inScratchFolder((scratch) =>
    withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
      const file = join(scratch, 'day.parquet');
      await connection.run(
        `copy (select timestamp '2001-01-12' + to_seconds(i) as sent, i % 50 as weight, 'A' as depot
           from range(${ROWS}) as rows(i)) to '${file}' (format parquet, row_group_size 2048)`,
      );
      await region.objects.upload(file, `datasets/${MODEL}/${DAY}/a.parquet`);
    }),
  );
});
afterAll(() => region.close());

/** Asks for a pipeline until its run is finished. @returns how often it had to ask */
async function run(request: Omit<PipelineRequest, 'options'>): Promise<number> {
  for (let asked = 1; ; asked++) {
    const { runId } = await startPipeline(region.stack, parcels, { ...request, options: {} });
    while (await isOpen(runId)) await sleep(100);
    const { status } = await createRuns(region.facts).getRun({ model: MODEL, runId });
    if (status === 'finished' || asked === 10) return asked;
  }
}

async function isOpen(runId: string): Promise<boolean> {
  const { steps } = await createRuns(region.facts).getRun({ model: MODEL, runId });
  const jobs = Object.values(steps).flatMap(({ jobId }) => jobId ?? []);
  const described = await region.batch.send(new DescribeJobsCommand({ jobs }));
  return (described.jobs ?? []).some(({ status }) => status !== 'SUCCEEDED' && status !== 'FAILED');
}

it('scores every row once, whatever is killed, and though it is asked twice at once', async () => {
  let started = 0;
  let killed = 0;
  region.onLine = (line) => {
    const [, id] = /^process (\d+)$/.exec(line) ?? [];
    const nth = started;
    if (id === undefined || started++ > 40 || nth % 3 === 2) return;
    setTimeout(
      () => {
        try {
          process.kill(Number(id), 'SIGKILL');
          killed++;
        } catch {
          // It has ended by itself.
        }
      },
      pick(17, nth, 500),
    );
  };
  const asOf = new Date('2001-01-13T03:00:00Z');
  await Promise.all([
    run({ pipeline: 'score', asOf, trigger: 'manual' }),
    run({ pipeline: 'score', asOf, trigger: 'schedule' }),
  ]);

  expect(killed).toBeGreaterThan(5);
  const manifests = await listManifests(region.objects, MODEL, DAY);
  expect(manifests).toHaveLength(1);
  const { parts = [], ...manifest } = manifests[0] ?? {};
  expect(manifest).toMatchObject({ rows: ROWS, rejected: 0 });
  const counts = await inScratchFolder((scratch) =>
    withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
      const files = parts.map((_, at) => join(scratch, `${at}.parquet`));
      await Promise.all(parts.map(({ key }, at) => region.objects.download(key, files[at]!)));
      return rowsOf(
        connection,
        `select count(*)::double as rows, count(distinct prediction_id)::double as ids,
           count(distinct sent)::double as moments
         from read_parquet([${files.map((file) => `'${file}'`).join(', ')}])`,
      );
    }),
  );
  expect(counts).toEqual([{ rows: ROWS, ids: ROWS, moments: ROWS }]);
}, 120_000);
