/** A job that Batch has given up, whose run may not know: it was killed, or never started. */
import * as z from 'zod';
import type { FactTable } from '../aws/facts.ts';
import { createRuns, findRun } from '../runs/runs.ts';
import { release } from './lock.ts';

export interface LostJob {
  readonly runId: string;
  readonly step: string;
  readonly jobId: string;
  /** In the words of Batch. */
  readonly reason: string;
  readonly at: Date;
}

export interface NotedJob {
  /** What was done, in a sentence. */
  readonly noted: string;
  /** The pipeline whose run failed by it. @default none did */
  readonly failed?: string;
}

/** What Batch sends through EventBridge when a job has failed after its last attempt. */
const Failure = z.object({
  source: z.literal('aws.batch'),
  time: z.iso.datetime().transform((text) => new Date(text)),
  detail: z.object({
    status: z.literal('FAILED'),
    jobId: z.string(),
    statusReason: z.string().default('Batch gives no reason'),
    parameters: z.object({ run: z.string(), step: z.string() }),
  }),
});

/** Undefined if an event is not about a job that failed. */
export function parseLostJob(event: unknown): LostJob | undefined {
  const failure = Failure.safeParse(event);
  if (!failure.success) return undefined;
  const { time: at, detail } = failure.data;
  const { jobId, statusReason: reason, parameters } = detail;
  return { runId: parameters.run, step: parameters.step, jobId, reason, at };
}

/** What Batch says of jobs that failed with another one, which is the cause. */
const CONSEQUENCES: ReadonlySet<string> = new Set([
  'Dependent Job failed',
  'Array Child Job failed',
]);

/** Fails the run of a job, unless it has said so itself, or has gone on with another job since. */
export async function noteLostJob(
  facts: FactTable,
  model: string,
  { runId, step, jobId, reason }: LostJob,
): Promise<NotedJob> {
  if (CONSEQUENCES.has(reason)) return { noted: `job '${jobId}' failed since another one did` };
  const runs = createRuns(facts);
  const name = { model, runId };
  const run = await findRun(facts, name);
  // A child of an array has the id of its parent, and its number after a colon.
  const state = run?.steps[step];
  if (run === undefined || state?.jobId !== jobId.split(':', 1)[0]) {
    return { noted: `run '${runId}' does not wait for job '${jobId}'` };
  }
  if (run.status !== 'running') return { noted: `run '${runId}' is ${run.status} already` };
  const at = new Date(run.asOf);
  await runs.logStep(name, step, { ...state, status: 'failed', note: reason, at });
  await runs.failRun(name, at, `${step}: ${reason}`);
  await release(facts, { ...name, name: 'train' });
  return { noted: `run '${runId}' failed at ${step}: ${reason}`, failed: run.pipeline };
}
