/** Alarms that ring, and trainings that had to wait: what is asked, and what was answered. */
import type { Fact, FactTable } from '../aws/facts.ts';
import { GUARDRAIL_ALARMS } from '../model/rollout.ts';
import { MalformedFactError } from '../registry/errors.ts';
import { partitionOf } from './log.ts';

/** What CloudWatch says of an alarm. */
export interface AlarmChange {
  readonly alarm: string;
  readonly isRinging: boolean;
  readonly at: Date;
  readonly reason: string;
}

/** The newest change of each alarm is what holds; one that comes late changes nothing. */
export async function noteAlarm(
  facts: FactTable,
  model: string,
  { alarm, isRinging, at, reason }: AlarmChange,
): Promise<void> {
  const place = { partition: partitionOf(model), sort: `alarm#${alarm}` };
  for (;;) {
    const known = await facts.get(place);
    const revision = Number(known?.['revision'] ?? 0);
    if (known !== undefined && String(known['at']) >= at.toISOString()) return;
    const next = {
      ...place,
      alarm,
      isRinging,
      at: at.toISOString(),
      rangAt: isRinging ? at.toISOString() : known?.['rangAt'],
      reason,
      revision: revision + 1,
    };
    const isWritten = known ? await facts.replace(next, revision) : await facts.putIfAbsent(next);
    if (isWritten) return;
  }
}

/** Whether an alarm is about the answers of a version that is tried, and not about the model. */
export function isGuardrail(model: string, alarm: string): boolean {
  return GUARDRAIL_ALARMS.some((what) => alarm.endsWith(`-${model}-${what}`));
}

/** Alarms that ring and ask for a training, the one that rings longest first. */
export async function ringingAlarms(facts: FactTable, model: string): Promise<AlarmChange[]> {
  const known = await facts.query(partitionOf(model), { sortPrefix: 'alarm#' });
  return known
    .map(asChange)
    .filter(({ isRinging, alarm }) => isRinging && !isGuardrail(model, alarm))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

function asChange(fact: Fact): AlarmChange {
  const { alarm, isRinging, at, reason } = fact;
  if (typeof alarm !== 'string' || typeof at !== 'string') {
    throw new MalformedFactError(fact.partition, fact.sort, 'an alarm');
  }
  return { alarm, isRinging: isRinging === true, at: new Date(at), reason: String(reason) };
}

/** The first of some alarms that began to ring in `[since, until]`, as far as the newest time of each tells. */
export async function rangSince(
  facts: FactTable,
  model: string,
  whats: readonly string[],
  [since, until]: readonly [string, Date],
): Promise<string | undefined> {
  const known = await facts.query(partitionOf(model), { sortPrefix: 'alarm#' });
  const rang = known.find(
    ({ alarm, rangAt }) =>
      typeof rangAt === 'string' &&
      whats.some((what) => String(alarm).endsWith(`-${model}-${what}`)) &&
      rangAt >= since &&
      rangAt <= until.toISOString(),
  );
  return rang && `alarm ${String(rang['alarm'])} rang at ${String(rang['rangAt'])}`;
}

/** A training that was asked for and not started. */
export interface HeldBack {
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly trigger: string;
  /** What was asked for, in words. */
  readonly cause?: string;
  /** Why it was not started. */
  readonly why: string;
}

export async function noteHeldBack(facts: FactTable, model: string, held: HeldBack): Promise<void> {
  const sort = `held#${held.at}#${held.runId}`;
  await facts.putIfAbsent({ partition: partitionOf(model), sort, ...held });
}

/** Oldest first. */
export async function heldBackOf(facts: FactTable, model: string): Promise<HeldBack[]> {
  const known = await facts.query(partitionOf(model), { sortPrefix: 'held#' });
  return known.map(asHeldBack);
}

function asHeldBack({ partition, sort, ...fact }: Fact): HeldBack {
  if (isHeldBack(fact)) return fact;
  throw new MalformedFactError(partition, sort, 'a training that was held back');
}

function isHeldBack(fact: object): fact is HeldBack {
  return 'runId' in fact && 'at' in fact && typeof fact.at === 'string' && 'why' in fact;
}
