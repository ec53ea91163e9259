import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { PipelineAnswer } from '../../../core/pipeline/start.ts';
import { createHandler } from '../../../lambdas/pipeline.ts';
import { memoryFacts } from '../../fakes/memory-facts.ts';
import { parcels } from '../../fakes/parcels.ts';

const handler = createHandler(async () => parcels, {
  facts: memoryFacts(),
  queue: { submit: async ({ name }) => name, lost: async () => new Set() },
  definitions: { train: 'train:1', score: 'score:1', monitor: 'monitor:1' },
});
const invoke = (event: unknown) => handler(event, {} as Context);

describe('pipeline', () => {
  it('answers with the run and its jobs', async () => {
    const event = { pipeline: 'score', asOf: '2001-05-01T03:00:00Z', trigger: 'manual' };
    expect(await invoke(event)).toEqual({
      runId: 'score-20010501-030000-manual',
      jobs: [{ step: 'score', jobId: 'late-parcel-score-20010501-030000-manual-score' }],
    });
  });

  it('answers that an alarm which is over starts nothing', async () => {
    const alarmData = { alarmName: 'drift', state: { value: 'OK' } };
    const event = { source: 'aws.cloudwatch', time: '2001-05-01T03:00:00.000+0000', alarmData };
    expect(await invoke(event)).toEqual({ skipped: 'the alarm is not ringing' });
  });

  it('notes a job that Batch has given up, and starts nothing', async () => {
    const { runId, jobs } = (await invoke({
      pipeline: 'train',
      asOf: '2001-05-01T03:00:00Z',
      trigger: 'manual',
    })) as PipelineAnswer;
    const detail = {
      status: 'FAILED',
      jobId: jobs[0]?.jobId,
      statusReason: 'killed',
      parameters: { run: runId, step: 'prepare' },
    };
    expect(await invoke({ source: 'aws.batch', time: '2001-05-01T03:10:00Z', detail })).toEqual({
      skipped: `run '${runId}' failed at prepare: killed`,
    });
  });

  it('fails on an event that asks for nothing it knows', async () => {
    await expect(invoke({ pipeline: 'train' })).rejects.toThrow('event is no pipeline request');
  });
});
