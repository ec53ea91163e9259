/** Where a run that did not get through has to go on. */
import type { JobQueue } from '../aws/jobs.ts';
import type { Run, StepState } from '../runs/runs.ts';
import type { PlannedJob, Step } from './plan.ts';

/** Place in the plan; -1 if every step is done, under way or still to be submitted. */
export async function firstFailed(
  queue: JobQueue,
  plan: readonly PlannedJob[],
  run: Run,
): Promise<number> {
  const lost = await lostJobs(queue, run);
  // What the run says has failed may be tried again by Batch in a moment.
  return plan.findIndex(({ step }) =>
    statesOf(run, step).some(([, { jobId = '' }]) => lost.has(jobId)),
  );
}

/** A step, the children of its array, and the jobs that it submitted itself. */
export function statesOf({ steps }: Run, step: Step): [string, StepState][] {
  return Object.entries(steps).filter(([name]) => name === step || name.startsWith(`${step}.`));
}

/**
 * Jobs of a run that Batch has given up, whatever the run says of them: a job that is killed in
 * its last attempt has no time to say so.
 */
export async function lostJobs(
  queue: JobQueue,
  { steps }: Pick<Run, 'steps'>,
): Promise<ReadonlySet<string>> {
  const open = Object.values(steps).flatMap(({ jobId, status }) =>
    jobId === undefined || status === 'finished' ? [] : [jobId],
  );
  return open.length > 0 ? queue.lost([...new Set(open)]) : new Set();
}
