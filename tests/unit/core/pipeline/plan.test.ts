import { describe, expect, it } from 'vitest';
import { planJobs, runIdOf } from '../../../../core/pipeline/plan.ts';
import type { PipelineRequest } from '../../../../core/pipeline/request.ts';
import { parcels } from '../../../fakes/parcels.ts';

const request: PipelineRequest = {
  pipeline: 'train',
  asOf: new Date('2001-05-01T04:00:00Z'),
  trigger: 'schedule',
  options: {},
};

describe('planJobs', () => {
  it('trains in five steps, each after the one before, with a child a candidate', () => {
    expect(planJobs('train', parcels)).toEqual([
      { step: 'prepare', definition: 'train' },
      { step: 'train', definition: 'train', after: 'prepare', children: 2 },
      { step: 'evaluate', definition: 'train', after: 'train' },
      { step: 'register', definition: 'train', after: 'evaluate' },
      { step: 'promote', definition: 'train', after: 'register' },
    ]);
  });

  it('needs no array for one candidate, as when the search space has no second', () => {
    const trainer = { ...parcels.trainer, candidates: 5, search: { leaves: [7] } };
    expect(planJobs('train', { trainer })[1]).toEqual({
      step: 'train',
      definition: 'train',
      after: 'prepare',
    });
  });

  it.each(['score', 'monitor'] as const)('does %s in one job of its own definition', (pipeline) => {
    expect(planJobs(pipeline, parcels)).toEqual([{ step: pipeline, definition: pipeline }]);
  });
});

const id = (options: PipelineRequest['options']) => runIdOf({ ...request, options });

describe('runIdOf', () => {
  it('is readable, and the same for the same request', () => {
    expect(runIdOf(request)).toBe('train-20010501-040000-schedule');
  });

  it('tells requests of other options apart, in whatever order they are written', () => {
    expect(id({ a: 1, b: 2 })).toBe(id({ b: 2, a: 1 }));
    expect(id({ a: 1 })).not.toBe(id({ a: 2 }));
    expect(id({ a: 1 })).toMatch(/^train-20010501-040000-schedule-[0-9a-f]{8}$/);
  });
});
