/**
 * CloudWatch tells of an alarm once, when it begins to ring. One that was held back then, or whose
 * training failed, would never be answered; so whoever looks regularly asks again while it rings.
 */
import { judgedUntil } from '../loop/decline.ts';
import { ringingAlarms } from '../loop/alarms.ts';
import type { FactTable } from '../aws/facts.ts';
import { createRegistry } from '../registry/registry.ts';
import { loopStateOf } from '../loop/log.ts';
import { settleRetrains } from '../loop/outcomes.ts';
import { policyOf, refusalOf } from '../loop/retraining.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { standingOf } from './hold-back.ts';
import { isHeld } from './lock.ts';
import { type PipelineAnswer, type PipelineStack, startPipeline } from './start.ts';

/** Starts a training for an alarm that still rings, if the policy allows one by now. */
export async function askAgain(
  stack: PipelineStack,
  definition: ModelDefinition,
  at: Date,
): Promise<PipelineAnswer | undefined> {
  if (definition.retraining === undefined) return undefined;
  const { facts } = stack;
  const { name: model } = definition;
  const policy = policyOf(definition);
  await settleRetrains(facts, policy, at);
  const isOver = await hasPassed(facts, model, at);
  const alarm = (await ringingAlarms(facts, model)).find(
    (ringing) => ringing.at < at && !(isOver && ringing.alarm.endsWith('performance')),
  );
  if (alarm === undefined || (await isHeld(facts, { model, name: 'train' }, at))) return undefined;
  const asked = { at, ...(await standingOf(facts, definition, at)) };
  if (refusalOf(await loopStateOf(facts, model), policy, asked) !== undefined) return undefined;
  return startPipeline(stack, definition, {
    pipeline: 'train',
    asOf: at,
    trigger: 'alarm',
    reason: `${alarm.alarm} rings since ${alarm.at.toISOString()}: ${alarm.reason}`,
    options: {},
  });
}

/** For some windows an alarm of performance rings for a champion that was replaced, or has recovered. */
async function hasPassed(facts: FactTable, model: string, at: Date): Promise<boolean> {
  const newest = (await judgedUntil(facts, model, at)).at(-1);
  if (newest === undefined) return false;
  const champion = (await createRegistry(facts).history(model, 'champion')).at(-1);
  return !newest.bad || (champion !== undefined && champion.version !== newest.version);
}
