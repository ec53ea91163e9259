import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../core/aws/jobs.ts';
import { release } from '../../../../core/pipeline/lock.ts';
import type { PipelineRequest } from '../../../../core/pipeline/request.ts';
import { type PipelineStack, startPipeline } from '../../../../core/pipeline/start.ts';
import { createRuns } from '../../../../core/runs/runs.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { defineModel } from '../../../../core/model/index.ts';
import { parcelDeclaration, parcels } from '../../../fakes/parcels.ts';

let facts: MemoryFacts;
let submitted: Job[];
let lost: Set<string>;
let stack: PipelineStack;

beforeEach(() => {
  facts = memoryFacts();
  submitted = [];
  lost = new Set();
  stack = {
    facts,
    queue: {
      submit: async (job) => `job-${submitted.push(job)}`,
      lost: async (jobIds) => new Set(jobIds.filter((jobId) => lost.has(jobId))),
    },
    definitions: { train: 'train:1', score: 'score:1', monitor: 'monitor:1' },
  };
});

const request = (change: Partial<PipelineRequest> = {}): PipelineRequest => ({
  pipeline: 'train',
  asOf: new Date('2001-05-01T04:00:00Z'),
  trigger: 'schedule',
  options: {},
  ...change,
});

const start = (change?: Partial<PipelineRequest>) => startPipeline(stack, parcels, request(change));

describe('startPipeline', () => {
  it('submits the training jobs as a chain and answers with their ids', async () => {
    expect(await start({ options: { sample: 0.5 } })).toMatchObject({
      jobs: [
        { step: 'prepare', jobId: 'job-1' },
        { step: 'train', jobId: 'job-2' },
        { step: 'evaluate', jobId: 'job-3' },
        { step: 'register', jobId: 'job-4' },
        { step: 'promote', jobId: 'job-5' },
      ],
    });
    expect(submitted.map(({ dependsOn }) => dependsOn)).toEqual([
      [],
      ['job-1'],
      ['job-2'],
      ['job-3'],
      ['job-4'],
    ]);
    expect(submitted[1]).toMatchObject({
      definition: 'train:1',
      children: 2,
      parameters: {
        step: 'train',
        asOf: '2001-05-01T04:00:00.000Z',
        options: '{"sample":0.5}',
      },
    });
  });

  it('writes the run down, with its trigger and reason', async () => {
    const { runId } = await start({ trigger: 'alarm', reason: 'drift: 0.3 > 0.25' });
    expect(await createRuns(facts).getRun({ model: 'late-parcel', runId })).toMatchObject({
      pipeline: 'train',
      trigger: 'alarm',
      status: 'running',
      tags: { reason: 'drift: 0.3 > 0.25' },
    });
  });

  it('submits nothing twice when the event comes again', async () => {
    const first = await start();
    expect(await start()).toEqual(first);
    expect(submitted).toHaveLength(5);
  });

  it('goes on where it was cut off', async () => {
    const { queue } = stack;
    stack = {
      ...stack,
      queue: {
        ...queue,
        submit: async (job) => {
          if (submitted.length === 2) throw new Error('throttled');
          return queue.submit(job);
        },
      },
    };
    await expect(start()).rejects.toThrow('throttled');
    stack = { ...stack, queue };

    const { jobs } = await start();

    expect(submitted.map(({ parameters }) => parameters['step'])).toEqual(
      jobs.map(({ step }) => step),
    );
    expect(submitted[2]?.dependsOn).toEqual(['job-2']);
  });

  it('goes on with the step that failed, without waiting for those that are done', async () => {
    const { runId } = await start();
    const runs = createRuns(facts);
    const name = { model: 'late-parcel', runId };
    const at = new Date('2001-05-01T04:00:00Z');
    await runs.logStep(name, 'prepare', { status: 'finished', at, jobId: 'job-1' });
    await runs.logStep(name, 'train.0', { status: 'finished', at });
    await runs.logStep(name, 'train.1', { status: 'failed', at });
    await runs.failRun(name, at, 'train: killed');
    lost = new Set(['job-2', 'job-3', 'job-4', 'job-5']);

    const { jobs } = await start();
    const again = await start();

    expect(jobs[0]).toEqual({ step: 'prepare', jobId: 'job-1' });
    expect(submitted.slice(5).map(({ parameters }) => parameters['step'])).toEqual([
      'train',
      'evaluate',
      'register',
      'promote',
    ]);
    expect(submitted.slice(5).map(({ dependsOn }) => dependsOn)).toEqual([
      [],
      ['job-6'],
      ['job-7'],
      ['job-8'],
    ]);
    expect(again.jobs).toEqual(jobs);
  });

  it('leaves a job alone that failed once and that Batch will try again', async () => {
    const { runId, jobs } = await start();
    const runs = createRuns(facts);
    const name = { model: 'late-parcel', runId };
    const at = new Date('2001-05-01T04:00:00Z');
    await runs.logStep(name, 'prepare', { status: 'failed', at, jobId: 'job-1' });
    await runs.failRun(name, at, 'prepare: connection reset');

    expect((await start()).jobs).toEqual(jobs);
    expect(submitted).toHaveLength(5);
  });

  it('goes on with a step whose job was killed before it could say anything', async () => {
    const { runId } = await start();
    const runs = createRuns(facts);
    const name = { model: 'late-parcel', runId };
    const at = new Date('2001-05-01T04:00:00Z');
    await runs.logStep(name, 'prepare', { status: 'finished', at, jobId: 'job-1' });
    await runs.logStep(name, 'train', { status: 'finished', at, jobId: 'job-2' });
    await runs.logStep(name, 'evaluate', { status: 'running', at, jobId: 'job-3' });
    // Batch fails what waits for a failed job.
    lost = new Set(['job-3', 'job-4', 'job-5']);

    await start();

    expect(submitted.slice(5).map(({ parameters }) => parameters['step'])).toEqual([
      'evaluate',
      'register',
      'promote',
    ]);
    expect((await runs.getRun(name)).status).toBe('running');
  });

  it('holds back a training while another one runs, and says which', async () => {
    const { runId } = await start();
    const second = await start({ asOf: new Date('2001-05-01T05:00:00Z'), trigger: 'manual' });
    expect(second).toEqual({
      runId: 'train-20010501-050000-manual',
      jobs: [],
      skipped: `run '${runId}' is in training until 2001-05-01T16:00:00.000Z at the latest`,
    });
    expect(submitted).toHaveLength(5);
  });

  it('does not wait for a training whose jobs were killed', async () => {
    await start();
    lost = new Set(['job-1']);
    const second = await start({ asOf: new Date('2001-05-01T05:00:00Z'), trigger: 'manual' });
    expect(second.jobs).toHaveLength(5);
  });

  it('starts nothing for an alarm that rings again within a day', async () => {
    const { runId } = await start({ trigger: 'alarm' });
    await release(facts, { model: 'late-parcel', name: 'train', runId });

    const again = await start({ trigger: 'alarm', asOf: new Date('2001-05-02T03:00:00Z') });
    const scheduled = await start({ asOf: new Date('2001-05-02T03:30:00Z') });

    expect(again.skipped).toContain('alarms rest until 2001-05-02T04:00:00.000Z');
    expect(scheduled.jobs).toHaveLength(5);
  });

  it('starts one training for many uploads, and the next after a rest', async () => {
    const declared = defineModel({ ...parcelDeclaration, triggers: { upload: { restHours: 2 } } });
    const upload = (time: string) =>
      startPipeline(stack, declared, request({ trigger: 'upload', asOf: new Date(time) }));
    const { runId } = await upload('2001-05-01T04:00:00Z');
    expect((await upload('2001-05-01T04:00:10Z')).skipped).toContain('is in training');
    await release(facts, { model: 'late-parcel', name: 'train', runId });

    expect((await upload('2001-05-01T05:59:00Z')).skipped).toContain(
      'was started by an upload, and uploads rest until 2001-05-01T06:00:00.000Z',
    );
    expect((await upload('2001-05-01T06:00:00Z')).jobs).toHaveLength(5);
  });

  it('scores and monitors while a training runs', async () => {
    await start();
    expect(await start({ pipeline: 'score' })).toMatchObject({
      runId: 'score-20010501-040000-schedule',
      jobs: [{ step: 'score', jobId: 'job-6' }],
    });
    expect(submitted[5]).toMatchObject({ definition: 'score:1', dependsOn: [] });
  });
});
