/** When the jobs that a job waits for let it run. */
import { childId, type Dependency, type Job, type JobStatus } from './job.ts';

export type Readiness = 'ready' | 'waiting' | 'failed';

/**
 * Says whether a job's dependencies have all succeeded, or one failed.
 *
 * N_TO_N holds child i for child i of the other array, SEQUENTIAL for child i - 1 of its own; a
 * plain dependency on an array job waits for the whole array.
 *
 * @param statusOf the status of a job by ID; a job no longer known counts as succeeded
 */
export function readiness(job: Job, statusOf: (jobId: string) => JobStatus | undefined): Readiness {
  const statuses = job.spec.dependsOn
    .map((dependency) => awaited(job, dependency))
    .filter((jobId) => jobId !== undefined)
    .map((jobId) => statusOf(jobId) ?? 'SUCCEEDED');
  if (statuses.includes('FAILED')) return 'failed';
  return statuses.every((status) => status === 'SUCCEEDED') ? 'ready' : 'waiting';
}

function awaited(job: Job, dependency: Dependency): string | undefined {
  const { jobId, type } = dependency;
  if (type === 'SEQUENTIAL') {
    const follows = job.index !== undefined && job.index > 0;
    return follows ? childId(job.spec.jobId, job.index - 1) : undefined;
  }
  if (jobId === undefined) return undefined;
  if (type !== 'N_TO_N') return jobId;
  // The parent itself runs nothing; only its children wait.
  return job.index === undefined ? undefined : childId(jobId, job.index);
}
