import { describe, expect, it } from 'vitest';
import { readiness } from '../../../../local/batch/dependencies.ts';
import type { Dependency, Job, JobStatus } from '../../../../local/batch/job.ts';

function jobWith(dependsOn: readonly Dependency[], index?: number): Job {
  return { spec: { jobId: 'own', dependsOn }, state: {}, index } as unknown as Job;
}
const statuses = (known: Record<string, JobStatus>) => (jobId: string) => known[jobId];

describe('readiness', () => {
  it('waits for all plain dependencies', () => {
    const job = jobWith([{ jobId: 'a' }, { jobId: 'b' }]);

    expect(readiness(job, statuses({ a: 'SUCCEEDED', b: 'RUNNING' }))).toBe('waiting');
    expect(readiness(job, statuses({ a: 'SUCCEEDED', b: 'SUCCEEDED' }))).toBe('ready');
  });

  it('fails as soon as one dependency failed', () => {
    const job = jobWith([{ jobId: 'a' }, { jobId: 'b' }]);

    expect(readiness(job, statuses({ a: 'FAILED', b: 'RUNNING' }))).toBe('failed');
  });

  it('holds each child of a sequential array for the one before it', () => {
    const sequential = [{ type: 'SEQUENTIAL' }] as const;

    expect(readiness(jobWith(sequential, 0), statuses({}))).toBe('ready');
    expect(readiness(jobWith(sequential, 2), statuses({ 'own:1': 'RUNNABLE' }))).toBe('waiting');
    expect(readiness(jobWith(sequential, 2), statuses({ 'own:1': 'SUCCEEDED' }))).toBe('ready');
  });

  it('holds each child of an N_TO_N array for its counterpart only', () => {
    const counterpart = [{ jobId: 'a', type: 'N_TO_N' }] as const;
    const known = statuses({ a: 'PENDING', 'a:3': 'SUCCEEDED', 'a:4': 'RUNNING' });

    expect(readiness(jobWith(counterpart, 3), known)).toBe('ready');
    expect(readiness(jobWith(counterpart, 4), known)).toBe('waiting');
  });
});
