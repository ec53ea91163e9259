/** Runs one step and keeps the run's record of it. */
import { release } from '../core/pipeline/lock.ts';
import { childrenOf, pipelineOf, type Step } from '../core/pipeline/plan.ts';
import { RunFinishedError } from '../core/runs/errors.ts';
import { createRuns, type Run, type Runs, type StepState } from '../core/runs/runs.ts';
import { EXIT, exitCodeOf, messageOf } from './failure.ts';
import { UNFINISHED, type StepAction, type StepContext } from './step.ts';

/** After these, the run has done what it was started for. */
const LAST: ReadonlySet<Step> = new Set(['promote', 'score', 'publish', 'monitor']);

/** @returns the exit code */
export async function runStep(
  step: Step,
  action: StepAction,
  context: StepContext,
): Promise<number> {
  const { definition, facts, runId, asOf, say } = context;
  const runs = createRuns(facts);
  const run = { model: definition.name, runId };
  try {
    await runs.startRun({
      ...run,
      pipeline: pipelineOf(step),
      // The pipeline function has started it already, unless somebody runs a step by hand.
      trigger: 'manual',
      at: asOf,
      asOf,
    });
    await runs.logEnvironment(run, context.environment);
    await noteStep(runs, step, context, { status: 'running' });
    // An attempt that is killed in a moment has cost something too.
    await noteCost(step, context);
    const note = await action(context);
    const noted = await noteStep(runs, step, context, { status: 'finished', note });
    await noteArray(runs, step, context, noted);
    await noteCost(step, context);
    if (LAST.has(step) && !note.startsWith(UNFINISHED)) {
      await runs.finishRun(run, asOf);
      await release(facts, { ...run, name: 'train' });
    }
    say(note);
    return EXIT.done;
  } catch (error) {
    const reason = messageOf(error);
    say(`failed: ${reason}`);
    await failRun(step, context, reason);
    return exitCodeOf(error);
  }
}

/**
 * Notes on the run why a step failed. A retry that succeeds can still finish the run; what is
 * held for the run is given back at once, since nobody knows whether there will be one.
 */
export async function failRun(step: Step, context: StepContext, reason: string): Promise<void> {
  const { definition, facts, runId, asOf, say, publish } = context;
  const runs = createRuns(facts);
  const run = { model: definition.name, runId };
  publish({ metrics: { FailedJobs: { value: 1, unit: 'Count' } } });
  try {
    await noteCost(step, context);
    await runs.failRun(run, asOf, `${step}: ${reason}`);
    await noteStep(runs, step, context, { status: 'failed', note: reason });
    await release(facts, { ...run, name: 'train' });
  } catch (error) {
    // The step's own failure is what matters; a run that has finished stays so.
    if (!(error instanceof RunFinishedError)) say(`could not note it: ${messageOf(error)}`);
  }
}

/** Notes what the attempt has cost so far; again and again while it runs, since it may be killed. */
export async function noteCost(
  step: Step,
  { definition, facts, runId, attempt, spent }: StepContext,
): Promise<void> {
  // Thousands of shards would not fit into one run; publishing adds up what their receipts say.
  if (step === 'shard') return;
  const vcpuSeconds = Math.round(spent() * 100) / 100;
  await createRuns(facts).logCost({ model: definition.name, runId }, attempt, vcpuSeconds);
}

/** Under which names a run has the jobs that its scoring step submitted. */
const PARTS_OF_SCORING: Partial<Record<Step, string>> = {
  shard: 'score.shards',
  publish: 'score.publish',
};

async function noteStep(
  runs: Runs,
  step: Step,
  { definition, runId, asOf, candidate }: StepContext,
  state: Pick<StepState, 'status' | 'note'>,
): Promise<Run> {
  const run = { model: definition.name, runId };
  // Of shards there may be thousands; their receipts tell which are done, and the run who failed.
  if (step === 'shard' && state.status !== 'failed') return runs.getRun(run);
  const isChild = childrenOf(step, definition.trainer) > 1;
  const name = isChild ? `${step}.${candidate}` : (PARTS_OF_SCORING[step] ?? step);
  const jobId = (await runs.getRun(run)).steps[name]?.jobId;
  return runs.logStep(run, name, { ...state, at: asOf, ...(jobId !== undefined && { jobId }) });
}

/** The child that finishes last finishes the array. */
async function noteArray(
  runs: Runs,
  step: Step,
  { definition, runId, asOf }: StepContext,
  { steps }: Run,
): Promise<void> {
  const candidates = childrenOf(step, definition.trainer);
  if (candidates === 1) return;
  const children = Array.from({ length: candidates }, (_, child) => steps[`${step}.${child}`]);
  if (children.some((child) => child?.status !== 'finished')) return;
  const jobId = steps[step]?.jobId;
  await runs.logStep({ model: definition.name, runId }, step, {
    status: 'finished',
    note: `${candidates} candidates`,
    at: asOf,
    ...(jobId !== undefined && { jobId }),
  });
}
