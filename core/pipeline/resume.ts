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
  const open = plan.flatMap(({ step }) => {
    const { jobId, status } = run.steps[step] ?? {};
    return jobId === undefined || status === 'finished' ? [] : [jobId];
  });
  // A job that was killed in its last attempt had no time to say so.
  const lost = open.length > 0 ? await queue.lost(open) : new Set<string>();
  return plan.findIndex(
    ({ step }) => hasFailed(run, step) || lost.has(run.steps[step]?.jobId ?? ''),
  );
}

function hasFailed(run: Run, step: Step): boolean {
  return statesOf(run, step).some(([, { status }]) => status === 'failed');
}

/** A step, and the children of its array. */
export function statesOf({ steps }: Run, step: Step): [string, StepState][] {
  return Object.entries(steps).filter(([name]) => name === step || name.startsWith(`${step}.`));
}
