/** Tells people what happened in the loop: each thing once, also where a job died before it told. */
import type { LoopEntry } from '../../core/loop/entries.ts';
import { loopStateOf, partitionOf } from '../../core/loop/log.ts';
import { tellRollout } from '../../core/loop/rollout.ts';
import type { StepContext } from '../step.ts';

export async function tellNews(context: StepContext): Promise<void> {
  const { definition, facts } = context;
  const { rollout, stopped } = await loopStateOf(facts, definition.name);
  if (rollout) await tellOnce(context, rollout, tellRollout(rollout));
  if (stopped) await tellOnce(context, stopped, 'alarms start no more trainings');
}

async function tellOnce(
  { definition, facts, notify }: StepContext,
  { entry, at, reason }: LoopEntry,
  what: string,
): Promise<void> {
  const { name: model } = definition;
  const told = { partition: partitionOf(model), sort: `told#${String(entry).padStart(8, '0')}` };
  if (await facts.get(told)) return;
  await notify(
    `${model}: ${what}`,
    `${what}, at ${at}: ${reason}\nSee: tidemill timeline ${model}`,
  );
  await facts.putIfAbsent({ ...told, at });
}
