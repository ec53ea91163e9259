/** What came of trainings that alarms started, as far as their runs and rollouts tell. */
import type { FactTable } from '../aws/facts.ts';
import { findRun, type Run } from '../runs/runs.ts';
import { tellComparison } from './guardrails.ts';
import { type LoopEntry, type RolloutEntry, stateOf } from './entries.ts';
import { decideNext, readLoop } from './log.ts';
import { breakIfUseless, type Policy } from './retraining.ts';

export interface Outcome {
  readonly helped: boolean;
  readonly reason: string;
}

/**
 * Writes down what is known by now, and stops alarms from starting more if too many in a row did
 * not help. A training that failed did not, nor one whose version was refused or sent back.
 *
 * @returns why alarms were stopped, if that happened now
 */
export async function settleRetrains(
  facts: FactTable,
  policy: Policy,
  at: Date,
): Promise<string | undefined> {
  const entries = await readLoop(facts, policy.model);
  const { retrains, forgiven } = stateOf(entries);
  for (const { runId, helped } of retrains.slice(forgiven)) {
    if (helped === true) continue;
    const outcome = outcomeOf(await findRun(facts, { model: policy.model, runId }), entries);
    if (outcome && outcome.helped !== helped) {
      await noteOutcome(facts, policy.model, { runId, at, by: `run ${runId}`, ...outcome });
    }
  }
  return breakIfUseless(facts, policy, at);
}

export async function noteOutcome(
  facts: FactTable,
  model: string,
  told: Outcome & { readonly runId: string; readonly at: Date; readonly by: string },
): Promise<void> {
  const { runId, helped } = told;
  await decideNext(facts, model, ({ retrains }) => {
    const known = retrains.find((retrain) => retrain.runId === runId);
    if (known === undefined || known.helped === helped) return undefined;
    return { kind: 'outcome', ...told, at: told.at.toISOString() };
  });
}

/** Undefined while nobody can know: it runs, its version is tried, or labels have to tell. */
function outcomeOf(run: Run | undefined, entries: readonly LoopEntry[]): Outcome | undefined {
  if (run === undefined) return undefined;
  if (run.status === 'failed') return { helped: false, reason: `it failed: ${run.failure ?? ''}` };
  const { outcome, gate = 'it was refused', version } = run.tags;
  if (outcome === 'refused') return { helped: false, reason: gate };
  const rollout = entries.findLast(
    (entry): entry is RolloutEntry => entry.kind === 'rollout' && String(entry.version) === version,
  );
  if (rollout?.phase === 'promoted') return outcomeOfTrial(rollout.version, entries);
  return rollout?.phase === 'rolled back' || rollout?.phase === 'rejected'
    ? { helped: false, reason: `version ${version} was ${rollout.phase}: ${rollout.reason}` }
    : undefined;
}

/** By the labels of its trial: of the shadow, which is surer as the rows were the same, if there was one. */
function outcomeOfTrial(version: number, entries: readonly LoopEntry[]): Outcome | undefined {
  const trials = entries.flatMap((entry) =>
    entry.kind === 'rollout' && entry.version === version && entry.evidence?.comparison
      ? [entry.evidence.comparison]
      : [],
  );
  const trial = trials.findLast(({ paired }) => paired) ?? trials.at(-1);
  return trial && { helped: trial.improvement > 0, reason: tellComparison(trial) };
}
