/** Scheduled scoring after an outage: what the schedule missed is started first, in order. */
import type { FactTable } from '../aws/facts.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { timesBetween } from '../score/times.ts';
import type { PipelineRequest } from './request.ts';
import { startPipeline, type PipelineAnswer, type PipelineStack } from './start.ts';

/** A month of hours: what is older is scored by hand, with --from and --to. */
const MOST_MISSED = 750;

export interface CaughtUp extends PipelineAnswer {
  /** Runs of times that the schedule missed. */
  readonly caughtUp?: readonly string[];
}

/**
 * Starts a pipeline; before one that a schedule asks to score, those of the times between the last
 * one and this. A run's name comes from its time, so each is started once, however often it is
 * found missing.
 */
export async function startScheduled(
  stack: PipelineStack,
  model: ModelDefinition,
  request: PipelineRequest,
): Promise<CaughtUp> {
  const { pipeline, trigger, asOf } = request;
  const schedule = model.schedules.score;
  if (pipeline !== 'score' || trigger !== 'schedule' || schedule === undefined) {
    return startPipeline(stack, model, request);
  }
  const last = await lastScheduled(stack.facts, model.name);
  const missed = last ? timesBetween(schedule, last, asOf, MOST_MISSED) : [];
  const caughtUp: string[] = [];
  for (const at of missed) {
    // One after the other: the queue runs what came first.
    // oxlint-disable-next-line no-await-in-loop
    caughtUp.push((await startPipeline(stack, model, { ...request, asOf: at })).runId);
    // oxlint-disable-next-line no-await-in-loop
    await noteScheduled(stack.facts, model.name, at);
  }
  const answer = await startPipeline(stack, model, request);
  await noteScheduled(stack.facts, model.name, asOf);
  return caughtUp.length > 0 ? { ...answer, caughtUp } : answer;
}

async function lastScheduled(facts: FactTable, model: string): Promise<Date | undefined> {
  const fact = await facts.get(placeOf(model));
  return typeof fact?.['asOf'] === 'string' ? new Date(fact['asOf']) : undefined;
}

/** Never goes back, should an older event come late. */
async function noteScheduled(facts: FactTable, model: string, asOf: Date): Promise<void> {
  const place = placeOf(model);
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    const fact = await facts.get(place);
    const next = { ...place, asOf: asOf.toISOString() };
    if (fact === undefined) {
      // oxlint-disable-next-line no-await-in-loop
      if (await facts.putIfAbsent({ ...next, revision: 0 })) return;
      continue;
    }
    if (String(fact['asOf']) >= next.asOf) return;
    const revision = Number(fact['revision']);
    // oxlint-disable-next-line no-await-in-loop
    if (await facts.replace({ ...next, revision: revision + 1 }, revision)) return;
  }
}

function placeOf(model: string): { partition: string; sort: string } {
  return { partition: `batch#${model}`, sort: 'scheduled' };
}
