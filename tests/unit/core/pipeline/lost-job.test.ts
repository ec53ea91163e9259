import { beforeEach, describe, expect, it } from 'vitest';
import { take } from '../../../../core/pipeline/lock.ts';
import { noteLostJob, parseLostJob } from '../../../../core/pipeline/lost-job.ts';
import { createRuns, type Runs } from '../../../../core/runs/runs.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';

const run = { model: 'late-parcel', runId: 'run-1' };
const at = new Date('2001-05-01T04:00:00Z');
const event = {
  source: 'aws.batch',
  time: '2001-05-01T04:10:00Z',
  'detail-type': 'Batch Job State Change',
  detail: {
    status: 'FAILED',
    jobId: 'job-2:0',
    statusReason: 'Host EC2 terminated',
    parameters: { run: 'run-1', step: 'train', asOf: at.toISOString(), options: '{}' },
  },
};
const lost = parseLostJob(event)!;

let facts: MemoryFacts;
let runs: Runs;

beforeEach(async () => {
  facts = memoryFacts();
  runs = createRuns(facts);
  await runs.startRun({ ...run, pipeline: 'train', trigger: 'manual', at, asOf: at });
  await runs.logStep(run, 'train', { status: 'running', at, jobId: 'job-2' });
});

describe('parseLostJob', () => {
  it('reads which step of which run a job was', () => {
    expect(lost).toEqual({
      runId: 'run-1',
      step: 'train',
      jobId: 'job-2:0',
      reason: 'Host EC2 terminated',
      at: new Date('2001-05-01T04:10:00Z'),
    });
  });

  it.each([
    { ...event, source: 'aws.s3' },
    { ...event, detail: { ...event.detail, status: 'SUCCEEDED' } },
    { ...event, detail: { ...event.detail, parameters: {} } },
    'nonsense',
  ])('has nothing to say about other events', (other) => {
    expect(parseLostJob(other)).toBeUndefined();
  });
});

describe('noteLostJob', () => {
  it('fails the run in the words of Batch, and lets the next one train', async () => {
    const hold = { model: run.model, name: 'train', from: at, hours: 12 } as const;
    await take(facts, { ...hold, runId: 'run-1' });

    await noteLostJob(facts, run.model, lost);

    expect(await runs.getRun(run)).toMatchObject({
      status: 'failed',
      failure: 'train: Host EC2 terminated',
      steps: { train: { status: 'failed', jobId: 'job-2' } },
    });
    expect(await take(facts, { ...hold, runId: 'run-2' })).toBeUndefined();
  });

  it('leaves a run alone that has gone on with another job', async () => {
    await runs.logStep(run, 'train', { status: 'running', at, jobId: 'job-9' });
    expect((await noteLostJob(facts, run.model, lost)).noted).toContain('does not wait for job');
    expect((await runs.getRun(run)).status).toBe('running');
  });

  it.each(['Dependent Job failed', 'Array Child Job failed'])(
    'waits for the cause when a job failed because of another one: %s',
    async (reason) => {
      await noteLostJob(facts, run.model, { ...lost, reason });
      expect((await runs.getRun(run)).status).toBe('running');
    },
  );

  it('keeps what a run has said of its failure itself', async () => {
    await runs.failRun(run, at, 'train: no rows');
    await noteLostJob(facts, run.model, lost);
    expect((await runs.getRun(run)).failure).toBe('train: no rows');
  });

  it('passes over jobs of runs that it does not know', async () => {
    expect((await noteLostJob(facts, 'other', lost)).noted).toContain("run 'run-1' does not wait");
  });
});
