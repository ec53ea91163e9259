/** Why a training must wait: another one is under way, or what asks is not to ask so often. */
import type { FactTable } from '../aws/facts.ts';
import type { JobQueue } from '../aws/jobs.ts';
import { noteHeldBack } from '../loop/alarms.ts';
import { declineOf } from '../loop/decline.ts';
import { settleRetrains } from '../loop/outcomes.ts';
import { admitRetrain, type Asked, policyOf } from '../loop/retraining.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { createRegistry } from '../registry/registry.ts';
import { findRun, type RunName } from '../runs/runs.ts';
import { type Held, type Hold, release, take } from './lock.ts';
import type { PipelineRequest } from './request.ts';
import { lostJobs } from './resume.ts';

/** Longer than any training takes; after it, a run that vanished no longer bars the next. */
const TRAINING_HOURS = 12;

interface Stack {
  readonly facts: FactTable;
  readonly queue: JobQueue;
}

type HeldBackModel = Pick<
  ModelDefinition,
  'name' | 'monitors' | 'triggers' | 'retraining' | 'rollout'
>;

/** @returns why the pipeline must not start, if so, which is written down for the timeline */
export async function holdBack(
  stack: Stack,
  { model, runId }: RunName,
  definition: HeldBackModel,
  request: PipelineRequest,
): Promise<string | undefined> {
  const { pipeline, trigger, asOf, reason } = request;
  if (pipeline !== 'train') return undefined;
  const hold = { model, runId, from: asOf };
  const training = await takeTraining(stack, hold);
  if (training !== undefined) {
    return noted(stack, hold, request, reasonOf('is in training', training));
  }
  const why =
    trigger === 'alarm'
      ? await admit(stack.facts, definition, { runId, at: asOf, reason: reason ?? 'an alarm rang' })
      : await restOfUploads(stack.facts, hold, definition, trigger);
  if (why === undefined) return undefined;
  await release(stack.facts, { model, runId, name: 'train' });
  return noted(stack, hold, request, why);
}

/** What came of earlier trainings is looked at first: it may be that alarms have to stop asking. */
async function admit(
  facts: FactTable,
  definition: HeldBackModel,
  asked: Pick<Asked, 'runId' | 'at' | 'reason'>,
): Promise<string | undefined> {
  const policy = policyOf(definition);
  await settleRetrains(facts, policy, asked.at);
  const standing = await standingOf(facts, definition, asked.at);
  return admitRetrain(facts, policy, { ...asked, ...standing });
}

/** When a champion was last replaced, and since when the one that serves is too bad. */
export async function standingOf(
  facts: FactTable,
  { name: model, monitors }: Pick<ModelDefinition, 'name' | 'monitors'>,
  at: Date,
): Promise<Pick<Asked, 'replacedAt' | 'decline'>> {
  const [, ...later] = await createRegistry(facts).history(model, 'champion');
  const replacedAt = later.at(-1)?.at;
  const decline = await declineOf(facts, model, { at, sustained: monitors.sustained });
  return { ...(replacedAt !== undefined && { replacedAt }), ...(decline && { decline }) };
}

async function restOfUploads(
  facts: FactTable,
  hold: Pick<Hold, 'model' | 'runId' | 'from'>,
  { triggers }: HeldBackModel,
  trigger: string,
): Promise<string | undefined> {
  if (trigger !== 'upload') return undefined;
  const hours = triggers.upload?.restHours ?? 1;
  const resting = await take(facts, { ...hold, name: 'upload', hours });
  return resting && reasonOf('was started by an upload, and uploads rest', resting);
}

async function noted(
  { facts }: Stack,
  { model, runId }: Pick<Hold, 'model' | 'runId'>,
  { trigger, asOf, reason }: PipelineRequest,
  why: string,
): Promise<string> {
  const at = asOf.toISOString();
  await noteHeldBack(facts, model, { runId, at, trigger, why, ...(reason && { cause: reason }) });
  return why;
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
