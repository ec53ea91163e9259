/** Whether an alarm may start a training run, and when alarms have to stop asking. */
import type { FactTable } from '../aws/facts.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { completeRetraining, type Retraining } from '../model/retraining.ts';
import type { Decline } from './decline.ts';
import type { LoopState, Retrain } from './entries.ts';
import { decideNext } from './log.ts';
import { openRolloutOf, tellRollout } from './rollout.ts';

const HOUR_MS = 3_600_000;

/** What decides: the policy, and whether rollouts are declared at all. */
export interface Policy extends Required<Retraining> {
  readonly model: string;
  readonly rollsOut: boolean;
  /** Labelled rows that a decline must have, to learn from and to be judged by. */
  readonly labelsToLearnFrom: number;
}

export function policyOf(
  definition: Pick<ModelDefinition, 'name' | 'retraining' | 'rollout' | 'monitors'>,
): Policy {
  return {
    ...completeRetraining(definition),
    model: definition.name,
    rollsOut: definition.rollout !== undefined,
    labelsToLearnFrom: 2 * definition.monitors.performance.minimumLabels,
  };
}

export interface Asked {
  readonly runId: string;
  readonly at: Date;
  /** The alarm, in words. */
  readonly reason: string;
  /** When a champion was last replaced; alarms are about the one before until they have rested. */
  readonly replacedAt?: string;
  /** What the labels say that alarms ring about, where one of performance does. */
  readonly decline?: Decline;
}

/**
 * Lets an alarm start a run, or says why not. The permission is an entry of the log, so that of
 * alarms that ring at once one gets it, and the same run gets it again.
 *
 * @returns why it may not; undefined if it may
 */
export async function admitRetrain(
  facts: FactTable,
  policy: Policy,
  asked: Asked,
): Promise<string | undefined> {
  const { runId, at, reason } = asked;
  let refusal: string | undefined;
  await decideNext(facts, policy.model, (state) => {
    if (state.retrains.some((known) => known.runId === runId)) return undefined;
    refusal = refusalOf(state, policy, asked);
    if (refusal !== undefined) return undefined;
    return { kind: 'retrain', runId, at: at.toISOString(), by: 'alarm', reason };
  });
  return refusal;
}

/** Why alarms start nothing at this moment; undefined if they may. */
export function refusalOf(
  state: LoopState,
  policy: Policy,
  asked: Pick<Asked, 'at' | 'replacedAt' | 'decline'>,
): string | undefined {
  const { model, rollsOut } = policy;
  if (state.stopped !== undefined) {
    return (
      `alarms start nothing since ${state.stopped.at}: ${state.stopped.reason}; ` +
      `let them again with: tidemill resume-retraining ${model}`
    );
  }
  const rollout = openRolloutOf(state);
  if (rollsOut && rollout) return `${tellRollout(rollout)}, and is to be judged first`;
  return (
    restOf(state, policy, asked) ?? spentBudget(state, policy, asked.at) ?? tooShort(policy, asked)
  );
}

/** To learn from what has just begun to change takes some of it; until then nothing is spent. */
function tooShort(
  { labelsToLearnFrom, patienceDays }: Policy,
  { at, decline }: Pick<Asked, 'at' | 'decline'>,
): string | undefined {
  if (decline === undefined) return undefined;
  const since = decline.since.toISOString();
  const until = new Date(decline.since.getTime() + patienceDays * 24 * HOUR_MS);
  if (at < until) {
    return `performance declines since ${since}, and may have recovered by ${until.toISOString()}`;
  }
  if (decline.labels >= labelsToLearnFrom) return undefined;
  return `about ${decline.labels} labels are in of what came since ${since}, and ${labelsToLearnFrom} are needed to learn from it`;
}

function restOf(
  { retrains }: LoopState,
  { cooldownHours }: Policy,
  { at, replacedAt }: Pick<Asked, 'at' | 'replacedAt'>,
): string | undefined {
  const isRecent = (time: string) => Date.parse(time) > at.getTime() - cooldownHours * HOUR_MS;
  const endOf = (time: string) => new Date(Date.parse(time) + cooldownHours * HOUR_MS);
  const resting = retrains.findLast((known) => isRecent(known.at));
  if (resting !== undefined) {
    const until = endOf(resting.at).toISOString();
    return `run '${resting.runId}' was started by an alarm, and alarms rest until ${until}`;
  }
  if (replacedAt === undefined || !isRecent(replacedAt)) return undefined;
  const until = endOf(replacedAt).toISOString();
  return `the champion was replaced at ${replacedAt}, and alarms rest until ${until}`;
}

function spentBudget(
  { retrains }: LoopState,
  { budgetPerMonth }: Policy,
  at: Date,
): string | undefined {
  const month = monthOf(at.toISOString());
  const started = retrains.filter((known) => monthOf(known.at) === month).length;
  return started < budgetPerMonth
    ? undefined
    : `alarms started ${started} trainings in ${month}, which is the budget`;
}

/** A calendar month in UTC, such as '2001-05'. */
function monthOf(at: string): string {
  return at.slice(0, 7);
}

/** Trainings at the end that did not help, one after the other; one of unknown use ends the row. */
export function failuresInARow({ retrains, forgiven }: LoopState): readonly Retrain[] {
  const counted = retrains.slice(forgiven);
  const lastOther = counted.findLastIndex(({ helped }) => helped !== false);
  return counted.slice(lastOther + 1);
}

/**
 * Stops alarms from starting trainings once too many in a row did not help.
 *
 * @returns why, if it stopped them now
 */
export async function breakIfUseless(
  facts: FactTable,
  { model, breakAfter }: Policy,
  at: Date,
): Promise<string | undefined> {
  const stopped = await decideNext(facts, model, (state) => {
    const failures = failuresInARow(state);
    if (state.stopped !== undefined || failures.length < breakAfter) return undefined;
    const runs = failures.map(({ runId }) => runId).join(', ');
    const reason = `${failures.length} trainings in a row did not help (${runs})`;
    return { kind: 'breaker', state: 'stopped', at: at.toISOString(), by: 'breaker', reason };
  });
  return stopped?.reason;
}

/** Lets alarms start trainings again. @returns false if nothing kept them from it */
export async function resumeRetraining(
  facts: FactTable,
  model: string,
  { at, by, reason }: { readonly at: Date; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const resumed = await decideNext(
    facts,
    model,
    ({ stopped }) =>
      stopped && { kind: 'breaker', state: 'resumed', at: at.toISOString(), by, reason },
  );
  return resumed !== undefined;
}
