/** Why a training must wait: another one is under way, or what asks has asked a moment ago. */
import type { FactTable } from '../aws/facts.ts';
import type { JobQueue } from '../aws/jobs.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { RunName } from '../runs/runs.ts';
import { type Held, type Hold, release, take } from './lock.ts';
import type { PipelineRequest } from './request.ts';
import { findRun, lostJobs } from './resume.ts';

/** Longer than any training takes; after it, a run that vanished no longer bars the next. */
const TRAINING_HOURS = 12;

/** An alarm that rings again so soon cannot have seen the new version at work. */
const REST_AFTER_ALARM_HOURS = 24;

interface Stack {
  readonly facts: FactTable;
  readonly queue: JobQueue;
}

type HeldBackModel = Pick<ModelDefinition, 'monitors' | 'triggers'>;

/** @returns why the pipeline must not start, if so */
export async function holdBack(
  stack: Stack,
  { model, runId }: RunName,
  definition: HeldBackModel,
  { pipeline, trigger, asOf }: PipelineRequest,
): Promise<string | undefined> {
  if (pipeline !== 'train') return undefined;
  const hold = { model, runId, from: asOf };
  const training = await takeTraining(stack, hold);
  if (training !== undefined) return reasonOf('is in training', training);
  if (trigger !== 'alarm' && trigger !== 'upload') return undefined;
  const hours = restAfter(trigger, definition);
  const { facts } = stack;
  const resting = await take(facts, { ...hold, name: trigger, hours });
  if (resting === undefined) return undefined;
  await release(facts, { model, runId, name: 'train' });
  return reasonOf(`was started by an ${trigger}, and ${trigger}s rest`, resting);
}

function restAfter(trigger: 'alarm' | 'upload', { monitors, triggers }: HeldBackModel): number {
  return trigger === 'alarm'
    ? Math.max(REST_AFTER_ALARM_HOURS, monitors.windowHours)
    : (triggers.upload?.restHours ?? 1);
}

function reasonOf(what: string, { runId, until }: Held): string {
  return `run '${runId}' ${what} until ${until.toISOString()} at the latest`;
}

/** A run whose jobs were killed cannot give back what it holds, so it is taken from it. */
async function takeTraining(
  { facts, queue }: Stack,
  hold: Pick<Hold, 'model' | 'runId' | 'from'>,
): Promise<Held | undefined> {
  const training = { ...hold, name: 'train', hours: TRAINING_HOURS } as const;
  const held = await take(facts, training);
  if (held === undefined) return undefined;
  const holder = await findRun(facts, { model: hold.model, runId: held.runId });
  if (holder === undefined || (await lostJobs(queue, holder)).size === 0) return held;
  await release(facts, { model: hold.model, name: 'train', runId: held.runId });
  return take(facts, training);
}
