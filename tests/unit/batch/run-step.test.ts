import { beforeEach, describe, expect, it } from 'vitest';
import { failRun, runStep } from '../../../batch/run-step.ts';
import type { StepContext, Telemetry } from '../../../batch/step.ts';
import { DataError } from '../../../core/data/errors.ts';
import type { Step } from '../../../core/pipeline/plan.ts';
import { take } from '../../../core/pipeline/lock.ts';
import { createRuns } from '../../../core/runs/runs.ts';
import { memoryFacts } from '../../fakes/memory-facts.ts';
import { memoryObjects } from '../../fakes/memory-objects.ts';
import { parcels } from '../../fakes/parcels.ts';

const asOf = new Date('2001-05-01T04:00:00Z');
const name = { model: 'late-parcel', runId: 'run-1' };
const lock = { model: 'late-parcel', name: 'train', from: asOf, hours: 12 } as const;

let context: StepContext;
let said: string[];
let published: Telemetry[];

beforeEach(() => {
  said = [];
  published = [];
  context = {
    definition: parcels,
    objects: memoryObjects(),
    facts: memoryFacts(),
    runId: 'run-1',
    asOf,
    options: {},
    candidate: 0,
    code: () => 'code',
    environment: { node: 'v20' },
    attempt: 'job-1 attempt 1',
    spent: () => 2,
    scratch: '',
    say: (line) => said.push(line),
    publish: (telemetry) => published.push(telemetry),
    childJobs: () => {
      throw new Error('this step has no children');
    },
    notify: async () => {},
  };
});

const run = (step: Step, action: () => Promise<string>, change: Partial<StepContext> = {}) =>
  runStep(step, action, { ...context, ...change });
const done = async () => 'done';
const theRun = () => createRuns(context.facts).getRun(name);

describe('runStep', () => {
  it('notes what a step did, and leaves the run running until the last', async () => {
    expect(await run('prepare', done)).toBe(0);
    expect(await theRun()).toMatchObject({
      status: 'running',
      steps: { prepare: { status: 'finished', note: 'done' } },
    });
    expect(said).toEqual(['done']);
  });

  it.each(['promote', 'score', 'monitor'] as const)('finishes the run after %s', async (step) => {
    await run(step, done);
    expect((await theRun()).status).toBe('finished');
  });

  it('gives the training lock back with the last step', async () => {
    await take(context.facts, { ...lock, runId: 'run-1' });
    await run('promote', done);
    expect(await take(context.facts, { ...lock, runId: 'run-2' })).toBeUndefined();
  });

  it('keeps the job that the pipeline submitted for the step', async () => {
    const runs = createRuns(context.facts);
    await runs.startRun({ ...name, pipeline: 'train', trigger: 'schedule', at: asOf, asOf });
    await runs.logStep(name, 'prepare', { status: 'running', at: asOf, jobId: 'job-1' });
    await run('prepare', done);
    expect((await theRun()).steps['prepare']).toMatchObject({ status: 'finished', jobId: 'job-1' });
  });

  it('finishes an array with its last child', async () => {
    await run('train', done, { candidate: 1 });
    expect((await theRun()).steps).not.toHaveProperty('train');
    await run('train', done, { candidate: 0 });
    expect((await theRun()).steps['train']).toMatchObject({ status: 'finished' });
  });

  it.each([
    { error: new DataError('column gone'), code: 2, what: 'what stays wrong' },
    { error: new Error('connection reset'), code: 1, what: 'what may pass' },
  ])('fails with exit code $code on $what, and says why everywhere', async ({ error, code }) => {
    const fail = async () => {
      throw error;
    };
    expect(await run('prepare', fail)).toBe(code);
    expect(await theRun()).toMatchObject({
      status: 'failed',
      failure: `prepare: ${error.message}`,
      steps: { prepare: { status: 'failed', note: error.message } },
    });
    expect(said).toEqual([`failed: ${error.message}`]);
    expect(published).toEqual([{ metrics: { FailedJobs: { value: 1, unit: 'Count' } } }]);
  });

  it('fails without a word about the run when the run has finished before', async () => {
    await run('promote', done);
    await failRun('promote', context, 'stopped');
    expect((await theRun()).status).toBe('finished');
    expect(said).toEqual(['done']);
  });
});
