import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../core/aws/objects.ts';
import type { PipelineRequest } from '../../../core/pipeline/request.ts';
import { type PipelineAnswer, startPipeline } from '../../../core/pipeline/start.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { createRuns, vcpuSecondsOf } from '../../../core/runs/runs.ts';
import { pick } from '../../../core/train/random.ts';
import { parcels, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { type JobRegion, openJobRegion } from './job-region.ts';

const MODEL = 'late-parcel';
const ATTEMPTS = 4;

const request: PipelineRequest = {
  pipeline: 'train',
  asOf: new Date('2001-01-12T00:00:00Z'),
  trigger: 'manual',
  options: {},
};

async function openWithData(): Promise<JobRegion> {
  const opened = await openJobRegion(ATTEMPTS);
  const days = { from: '2001-01-01', days: 11, rowsADay: 300 };
  await inScratchFolder((scratch) => putParcels(opened.objects, scratch, days));
  return opened;
}

/** Kills the process of every attempt of which `chooses` says after how many milliseconds. */
function killProcesses(
  of: JobRegion,
  chooses: (process: number) => number | undefined,
): () => number {
  let started = 0;
  let killed = 0;
  of.onLine = (line) => {
    const [, id] = /^process (\d+)$/.exec(line) ?? [];
    if (id === undefined) return;
    const delay = chooses(started++);
    if (delay === undefined) return;
    setTimeout(() => {
      try {
        process.kill(Number(id), 'SIGKILL');
        killed++;
      } catch {
        // It has ended by itself.
      }
    }, delay);
  };
  return () => killed;
}

/** @returns the status of each step's job, once all have ended */
async function ended({ batch }: JobRegion, { jobs }: PipelineAnswer): Promise<string[]> {
  for (;;) {
    const described = await batch.send(
      new DescribeJobsCommand({ jobs: jobs.map(({ jobId }) => jobId) }),
    );
    const byId = new Map(described.jobs?.map(({ jobId, status }) => [jobId, String(status)]));
    const statuses = jobs.map(({ jobId }) => byId.get(jobId) ?? '?');
    if (statuses.every((status) => status === 'SUCCEEDED' || status === 'FAILED')) return statuses;
    await sleep(50);
  }
}

async function bytesOf(objects: ObjectStore): Promise<Record<string, string>> {
  const listed = [
    ...(await objects.list(`versions/${MODEL}/`)),
    ...(await objects.list(`runs/${MODEL}/`)),
  ];
  const hashes = listed.map(async ({ key }) => {
    const sha256 = createHash('sha256').update(await objects.get(key));
    return [key, sha256.digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

let quiet: JobRegion;
let region: JobRegion;
let expected: Record<string, string>;

beforeAll(async () => {
  [quiet, region] = [await openWithData(), await openWithData()];
  await ended(quiet, await startPipeline(quiet.stack, parcels, request));
  expected = await bytesOf(quiet.objects);
});
afterAll(async () => {
  await quiet.close();
  await region.close();
});

describe('a training run whose jobs are killed', () => {
  it('ends with the same bytes, in whatever moment they are killed', async () => {
    const seed = 17;
    // A job takes about half a second; every fourth process is left alone.
    const killed = killProcesses(region, (process) => {
      return process % ATTEMPTS === ATTEMPTS - 1 || process > 14
        ? undefined
        : pick(seed, process, 400);
    });
    let answer = await startPipeline(region.stack, parcels, request);
    let statuses = await ended(region, answer);
    // An unlucky job dies in all its attempts; asked again, the run goes on with that step.
    for (let again = 0; again < 5 && statuses.at(-1) !== 'SUCCEEDED'; again++) {
      answer = await startPipeline(region.stack, parcels, request);
      statuses = await ended(region, answer);
    }

    expect(killed()).toBeGreaterThan(3);
    expect(statuses).toHaveLength(5);
    expect(statuses.at(-1)).toBe('SUCCEEDED');
    expect(Object.keys(expected)).toContain(`versions/${MODEL}/1/model.onnx`);
    expect(await bytesOf(region.objects)).toEqual(expected);
    const run = await createRuns(region.facts).getRun({ model: MODEL, runId: answer.runId });
    expect(run.status).toBe('finished');
    // Batch may call a job failed that was killed after its last write. Its step says that it is
    // done, and is not done again.
    const states = answer.jobs.map(({ step }) => run.steps[step]?.status);
    expect(states).toEqual(Array.from({ length: 5 }, () => 'finished'));
    const registry = createRegistry(region.facts);
    expect(await registry.versions(MODEL)).toHaveLength(1);
    expect(await registry.history(MODEL, 'champion')).toHaveLength(1);
  });

  it('goes on with the step whose job was killed in each attempt, and redoes none before it', async () => {
    const later = { ...request, trigger: 'schedule' };
    // The first job lives, and all attempts of the second and third process, the candidates, die.
    killProcesses(region, (process) => (process === 0 ? undefined : 0));
    const first = await startPipeline(region.stack, parcels, later);
    expect(await ended(region, first)).toEqual([
      'SUCCEEDED',
      ...Array.from({ length: 4 }, () => 'FAILED'),
    ]);

    const processes: string[] = [];
    region.onLine = (line) => processes.push(...(line.startsWith('process') ? [line] : []));
    const second = await startPipeline(region.stack, parcels, later);
    expect(await ended(region, second)).not.toContain('FAILED');
    // Two candidates, evaluate, register and promote; prepare was not run again.
    expect(processes).toHaveLength(5);
  });

  it('knows what it has cost', async () => {
    const run = await createRuns(quiet.facts).getRun({
      model: MODEL,
      runId: 'train-20010112-000000-manual',
    });
    // One vCPU for six jobs that each take between a tenth of a second and some seconds.
    expect(Object.keys(run.cost)).toHaveLength(6);
    expect(vcpuSecondsOf(run)).toBeGreaterThan(0.6);
    expect(run.trigger).toBe('manual');
    expect(run.environment['node']).toBe(process.version);
  });
});
