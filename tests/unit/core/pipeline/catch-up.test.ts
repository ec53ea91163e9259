import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../core/aws/jobs.ts';
import { startScheduled } from '../../../../core/pipeline/catch-up.ts';
import { lateInput, parseReadyCheck } from '../../../../core/pipeline/ready-check.ts';
import type { PipelineStack } from '../../../../core/pipeline/start.ts';
import { daily, defineModel } from '../../../../core/model/index.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';

const model = defineModel({ ...parcelDeclaration, schedules: { score: daily({ at: '03:00' }) } });
let submitted: Job[];
let stack: PipelineStack;

beforeEach(() => {
  submitted = [];
  stack = {
    facts: memoryFacts(),
    queue: { submit: async (job) => `job-${submitted.push(job)}`, lost: async () => new Set() },
    definitions: { train: 'train', score: 'score', monitor: 'monitor' },
  };
});

const at = (day: string, trigger = 'schedule') =>
  startScheduled(stack, model, {
    pipeline: 'score',
    asOf: new Date(`${day}T03:00:00Z`),
    trigger,
    options: {},
  });

const asOfs = (): (string | undefined)[] => submitted.map(({ parameters }) => parameters['asOf']);

describe('scheduled scoring', () => {
  it('starts what was missed first, in order, each once', async () => {
    await at('2001-05-01');
    const answer = await at('2001-05-04');
    expect(answer.caughtUp).toEqual([
      'score-20010502-030000-schedule',
      'score-20010503-030000-schedule',
    ]);
    await at('2001-05-04');
    expect(asOfs()).toEqual([1, 2, 3, 4].map((day) => `2001-05-0${day}T03:00:00.000Z`));
  });

  it('goes on where it stopped', async () => {
    await at('2001-05-01');
    const { queue } = stack;
    const broken = { ...queue, submit: () => Promise.reject(new Error('Batch is away')) };
    await expect(
      startScheduled({ ...stack, queue: broken }, model, {
        pipeline: 'score',
        asOf: new Date('2001-05-03T03:00:00Z'),
        trigger: 'schedule',
        options: {},
      }),
    ).rejects.toThrow('Batch is away');

    await at('2001-05-03');
    expect(asOfs()).toEqual([1, 2, 3].map((day) => `2001-05-0${day}T03:00:00.000Z`));
  });

  it('catches nothing up for a person, nor at the first time', async () => {
    expect(await at('2001-05-01')).not.toHaveProperty('caughtUp');
    await at('2001-05-09', 'manual');
    expect(submitted).toHaveLength(2);
  });
});

describe('the check at the declared hour', () => {
  it('names the day that should have been scored', async () => {
    const check = parseReadyCheck({ check: 'scored', asOf: '2001-05-02T06:00:00Z' });
    expect(await lateInput(stack.facts, 'late-parcel', check!)).toBe('dt=2001-05-01');
  });

  it('is no request for a pipeline', () => {
    expect(parseReadyCheck({ pipeline: 'score', asOf: '2001-05-02T06:00:00Z' })).toBeUndefined();
  });
});
