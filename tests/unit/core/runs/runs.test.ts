import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Runs,
  type RunSearch,
  createRuns,
  latestMetrics,
  vcpuSecondsOf,
} from '../../../../core/runs/runs.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';

const run = { model: 'flight-delay', runId: 'run-1' };
const start = {
  ...run,
  pipeline: 'train',
  trigger: 'schedule',
  at: new Date('2001-05-07T04:00:00Z'),
  asOf: new Date('2001-05-07T00:00:00Z'),
};
const later = new Date('2001-05-07T04:10:00Z');

let facts: MemoryFacts;
let runs: Runs;

beforeEach(async () => {
  facts = memoryFacts();
  runs = createRuns(facts);
  await runs.startRun(start);
});

describe('startRun', () => {
  it('opens a run that is running and empty', async () => {
    expect(await runs.getRun(run)).toEqual({
      ...run,
      pipeline: 'train',
      trigger: 'schedule',
      status: 'running',
      startedAt: '2001-05-07T04:00:00.000Z',
      asOf: '2001-05-07T00:00:00.000Z',
      parameters: {},
      metrics: {},
      tags: {},
      steps: {},
      candidates: [],
      cost: {},
      checks: [],
      artifacts: [],
      environment: {},
    });
  });

  it('returns the run of the same id with what it has already', async () => {
    await runs.logMetric(run, 'auc', 0.7);

    const again = await runs.startRun({ ...start, at: later, trigger: 'manual' });

    expect(again).toMatchObject({
      trigger: 'schedule',
      metrics: { auc: [{ step: 0, value: 0.7 }] },
    });
  });
});

describe('what is logged', () => {
  it('keeps every kind of it', async () => {
    const lineage = { datasetFingerprint: 'd1', codeFingerprint: 'c1' };
    await runs.logParameters(run, { trees: 200, algorithm: 'linear' });
    await runs.logMetrics(run, { auc: 0.73, 'log-loss': 0.41 });
    await runs.logTags(run, { note: 'first' });
    await runs.logLineage(run, lineage);
    await runs.logStep(run, 'prepare', { status: 'finished', at: later, jobId: 'job-1' });

    expect(await runs.getRun(run)).toMatchObject({
      parameters: { trees: 200, algorithm: 'linear' },
      metrics: { auc: [{ step: 0, value: 0.73 }], 'log-loss': [{ step: 0, value: 0.41 }] },
      tags: { note: 'first' },
      lineage,
      steps: { prepare: { status: 'finished', at: '2001-05-07T04:10:00.000Z', jobId: 'job-1' } },
    });
  });

  it('keeps a metric by step, and the newest value of a step', async () => {
    await runs.logMetricPoints(run, 'loss', [
      { step: 10, value: 0.5 },
      { step: 2, value: 0.6 },
    ]);
    await runs.logMetric(run, 'loss', 0.4, 10);

    const { metrics } = await runs.getRun(run);
    expect(metrics['loss']).toEqual([
      { step: 2, value: 0.6 },
      { step: 10, value: 0.4 },
    ]);
    expect(latestMetrics({ metrics })).toEqual({ loss: 0.4 });
  });

  it('keeps one result a candidate, in the order of their numbers', async () => {
    const result = { parameters: { leaves: 31 }, metrics: { auc: 0.7 } };
    await runs.logCandidate(run, { candidate: 1, ...result });
    await runs.logCandidate(run, { candidate: 0, ...result });
    await runs.logCandidate(run, { candidate: 1, ...result, metrics: { auc: 0.71 } });

    expect((await runs.getRun(run)).candidates).toEqual([
      { candidate: 0, ...result },
      { candidate: 1, ...result, metrics: { auc: 0.71 } },
    ]);
  });

  it('loses nothing when many jobs write at the same time', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, job) => runs.logMetric(run, `metric-${job}`, job)),
    );

    expect(Object.keys((await runs.getRun(run)).metrics)).toHaveLength(30);
  });

  it('takes the same parameters again, and fails on other ones', async () => {
    await runs.logParameters(run, { trees: 200 });
    await runs.logParameters(run, { trees: 200 });

    await expect(runs.logParameters(run, { trees: 100 })).rejects.toThrow(
      "parameter 'trees' of run 'run-1' is 200 already, and was to become 100; start another run",
    );
  });

  it.each([NaN, Infinity])('fails on a metric that is %d', async (value) => {
    await expect(runs.logMetric(run, 'auc', value)).rejects.toThrow(
      `metric 'auc' of run 'run-1' is ${value}`,
    );
  });

  it('fails on a run that was never started', async () => {
    await expect(runs.logTags({ ...run, runId: 'run-9' }, {})).rejects.toThrow(
      "model 'flight-delay' has no run 'run-9'",
    );
  });

  it('fails on a fact that is not a run', async () => {
    await facts.putIfAbsent({ partition: 'experiment#churn', sort: 'run#1', revision: 0 });

    await expect(runs.getRun({ model: 'churn', runId: '1' })).rejects.toThrow(
      "fact 'run#1' is not a run",
    );
  });
});

describe('the end of a run', () => {
  it('keeps the time that it finished first', async () => {
    await runs.finishRun(run, later);
    await runs.finishRun(run, new Date('2001-05-08'));

    expect(await runs.getRun(run)).toMatchObject({
      status: 'finished',
      finishedAt: '2001-05-07T04:10:00.000Z',
    });
  });

  it('keeps the first failure, which is the cause', async () => {
    await runs.failRun(run, later, 'no rows before 2001-01-01');
    await runs.failRun(run, new Date('2001-05-08'), 'a job before failed');

    expect(await runs.getRun(run)).toMatchObject({
      status: 'failed',
      finishedAt: '2001-05-07T04:10:00.000Z',
      failure: 'no rows before 2001-01-01',
    });
  });

  it('forgets a failure that a retry made good', async () => {
    await runs.failRun(run, later, 'out of memory');
    await runs.finishRun(run, new Date('2001-05-08'));

    const finished = await runs.getRun(run);
    expect(finished).toMatchObject({ status: 'finished', finishedAt: '2001-05-08T00:00:00.000Z' });
    expect(finished).not.toHaveProperty('failure');
  });

  it('fails to fail a run that finished', async () => {
    await runs.finishRun(run, later);

    await expect(runs.failRun(run, later, 'late')).rejects.toThrow(
      "run 'run-1' finished at 2001-05-07T04:10:00.000Z, so it cannot fail any more",
    );
  });
});

const ids = async (search?: RunSearch, model = 'flight-delay') =>
  (await runs.searchRuns(model, search)).map(({ runId }) => runId);

describe('a search of runs', () => {
  it('lists the newest start first, whatever the ids', async () => {
    await runs.startRun({ ...start, runId: 'a', at: new Date('2001-05-08') });
    await runs.startRun({ ...start, runId: 'z', at: new Date('2001-05-01') });

    expect(await ids()).toEqual(['a', 'run-1', 'z']);
    expect(await ids({ limit: 1 })).toEqual(['a']);
    expect(await ids({}, 'churn')).toEqual([]);
  });

  it('sees what was measured since the last one, while a run runs and when it has ended', async () => {
    const good = { filter: 'metrics.auc > 0.7 and params.leaves = 63' };
    expect(await ids(good)).toEqual([]);

    await runs.logParameters(run, { leaves: 63 });
    await runs.logMetrics(run, { auc: 0.71 });
    expect(await ids(good)).toEqual(['run-1']);

    await runs.finishRun(run, later);
    await runs.logMetrics(run, { auc: 0.69 });
    expect(await ids(good)).toEqual([]);
    expect(await ids({ filter: "status = 'finished'" })).toEqual(['run-1']);
  });

  it('finds every run when they are many and their log is kept in segments', async () => {
    const template = await runs.getRun(run);
    for (let number = 1; number <= 1050; number++) {
      await runs.addRun({
        ...template,
        runId: `many-${number}`,
        status: 'finished',
        metrics: { auc: [{ step: 0, value: number / 1050 }] },
      });
    }

    const others = createRuns(facts);
    const best = await others.searchRuns('flight-delay', { sort: 'metrics.auc desc', limit: 2 });
    expect(best.map(({ runId }) => runId)).toEqual(['many-1050', 'many-1049']);
    expect(await others.searchRuns('flight-delay', { filter: 'metrics.auc <= 0.5' })).toHaveLength(
      525,
    );
    const segments = await facts.query('experiment#flight-delay', { sortPrefix: 'segment#' });
    expect(segments).toHaveLength(1);
  });

  it('finds by their metrics even many runs that nobody finishes', async () => {
    for (let number = 1; number <= 150; number++) {
      const name = { ...run, runId: `open-${number}` };
      await runs.startRun({ ...start, ...name });
      await runs.logMetric(name, 'auc', number / 150);
    }
    expect(await ids({ filter: 'metrics.auc > 0' })).toHaveLength(150);

    // Of the newest ones also what is measured later.
    await runs.logMetric({ ...run, runId: 'open-150' }, 'auc', 2, 1);
    expect(await ids({ filter: 'metrics.auc = 2' })).toEqual(['open-150']);
  });

  it('loses no run of many that are started at once', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        runs.startRun({ ...start, runId: `at-once-${number}` }),
      ),
    );
    expect(await ids({ filter: "runId like 'at-once-%'" })).toHaveLength(50);
  });
});

describe('what a run costs', () => {
  it('counts each attempt once, with its latest figure', async () => {
    await runs.logCost(run, 'job-1 attempt 1', 10);
    await runs.logCost(run, 'job-1 attempt 1', 30);
    await runs.logCost(run, 'job-1 attempt 2', 12);

    expect(vcpuSecondsOf(await runs.getRun(run))).toBe(42);
  });
});

describe('a run that is gone on with', () => {
  it('runs again, without its failure', async () => {
    await runs.failRun(run, later, 'out of memory');
    await runs.resumeRun(run);

    const resumed = await runs.getRun(run);
    expect(resumed.status).toBe('running');
    expect(resumed).not.toHaveProperty('failure');
    expect(resumed).not.toHaveProperty('finishedAt');
  });
});
