/** Starts a pipeline once, however often it is asked for. */
import type { FactTable } from '../aws/facts.ts';
import type { JobQueue } from '../aws/jobs.ts';
import type { ModelDefinition } from '../model/definition.ts';
import {
  createRuns,
  findRun,
  type Run,
  type RunName,
  type Runs,
  type RunStart,
} from '../runs/runs.ts';
import { holdBack } from './hold-back.ts';
import { type JobKind, planJobs, runIdOf, type PlannedJob, type Step } from './plan.ts';
import type { PipelineRequest } from './request.ts';
import { firstFailed, statesOf } from './resume.ts';

export interface PipelineStack {
  readonly facts: FactTable;
  readonly queue: JobQueue;
  /** Job definition of each kind, by name or ARN. */
  readonly definitions: Readonly<Record<JobKind, string>>;
}

type PipelineModel = Pick<
  ModelDefinition,
  'name' | 'trainer' | 'monitors' | 'triggers' | 'retraining' | 'rollout'
>;

export interface PipelineAnswer {
  readonly runId: string;
  readonly jobs: readonly { readonly step: Step; readonly jobId: string }[];
  /** Why nothing was started. */
  readonly skipped?: string;
}

/**
 * Submits the jobs of a pipeline, each waiting for the one before. Every job's id is kept on the
 * run as soon as it is known, so that an event which is delivered again, or after a crash half
 * way, starts nothing twice. Asked again for a run of which a step has failed, or whose job Batch
 * has given up without a word, it goes on with that step.
 */
export async function startPipeline(
  stack: PipelineStack,
  model: PipelineModel,
  request: PipelineRequest,
): Promise<PipelineAnswer> {
  const runs = createRuns(stack.facts);
  const name: RunName = { model: model.name, runId: runIdOf(request) };
  const plan = planJobs(request.pipeline, model);
  const known = await findRun(stack.facts, name);
  const failed = known === undefined ? -1 : await firstFailed(stack.queue, plan, known);
  if (known === undefined || failed >= 0) {
    const skipped = await holdBack(stack, name, model, request);
    if (skipped !== undefined) return { runId: name.runId, jobs: [], skipped };
  }
  const started = await runs.startRun(startOf(name, request));
  const run = failed >= 0 ? await runs.resumeRun(name) : started;
  const submitted = new Map<Step, string>();
  for (const [at, job] of plan.entries()) {
    const kept = failed < 0 || at < failed ? run.steps[job.step]?.jobId : undefined;
    const jobId = kept ?? (await submit(stack, name, job, request, waitFor(job, run, submitted)));
    submitted.set(job.step, jobId);
    if (kept === undefined) await noteSubmitted(runs, run, job.step, jobId, request.asOf);
  }
  return { runId: name.runId, jobs: [...submitted].map(([step, jobId]) => ({ step, jobId })) };
}

/** Batch forgets a job some days after it has ended, so nothing waits for a finished one. */
function waitFor(
  { after }: PlannedJob,
  { steps }: Run,
  submitted: ReadonlyMap<Step, string>,
): readonly string[] {
  if (after === undefined || steps[after]?.status === 'finished') return [];
  const before = submitted.get(after);
  return before === undefined ? [] : [before];
}

async function noteSubmitted(
  runs: Runs,
  run: Run,
  step: Step,
  jobId: string,
  at: Date,
): Promise<void> {
  const state = { status: 'running', at, note: 'submitted' } as const;
  for (const [child, { status, jobId: earlier }] of statesOf(run, step)) {
    const isOver = status === 'failed' || (earlier !== undefined && status !== 'finished');
    if (child !== step && isOver) await runs.logStep(run, child, state);
  }
  await runs.logStep(run, step, { ...state, jobId });
}

async function submit(
  { queue, definitions }: PipelineStack,
  { model, runId }: RunName,
  { step, definition, children }: PlannedJob,
  { asOf, options }: PipelineRequest,
  dependsOn: readonly string[],
): Promise<string> {
  return queue.submit({
    name: `${model}-${runId}-${step}`,
    definition: definitions[definition],
    parameters: {
      step,
      run: runId,
      asOf: asOf.toISOString(),
      options: JSON.stringify(options),
    },
    dependsOn,
    ...(children !== undefined && { children }),
  });
}

function startOf(name: RunName, request: PipelineRequest): RunStart {
  const { pipeline, trigger, asOf } = request;
  return { ...name, pipeline, trigger, at: asOf, asOf, tags: tagsOf(request) };
}

function tagsOf({ reason, options }: PipelineRequest): Record<string, string> {
  return {
    ...(reason !== undefined && { reason }),
    ...(Object.keys(options).length > 0 && { options: JSON.stringify(options) }),
  };
}
