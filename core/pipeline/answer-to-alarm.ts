/** What an alarm that rings sets going. */
import type { FactTable } from '../aws/facts.ts';
import { type AlarmChange, isGuardrail } from '../loop/alarms.ts';
import { loopStateOf } from '../loop/log.ts';
import { openRolloutOf } from '../loop/rollout.ts';
import { type PipelineRequest, requestOfAlarm } from './request.ts';

/**
 * An alarm of the model asks for a training. One about answers asks for a look at the version that
 * is tried, which sends it back; undefined where none is.
 */
export async function answerToAlarm(
  facts: FactTable,
  model: string,
  alarm: AlarmChange,
): Promise<PipelineRequest | undefined> {
  if (!isGuardrail(model, alarm.alarm)) return requestOfAlarm(alarm);
  const rollout = openRolloutOf(await loopStateOf(facts, model));
  return rollout && requestOfAlarm(alarm, 'monitor');
}
