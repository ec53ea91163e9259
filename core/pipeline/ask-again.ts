/**
 * CloudWatch tells of an alarm once, when it begins to ring. One that was held back then, or whose
 * training failed, would never be answered; so whoever looks regularly asks again while it rings.
 */
import { judgedUntil } from '../loop/decline.ts';
import { ringingAlarms } from '../loop/alarms.ts';
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
  // Some windows long, an alarm rings for what came before the newest one, or the champion.
  const isOver = (await judgedUntil(facts, model, at)).at(-1)?.bad === false;
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
