/** What each monitoring does for the loop: judges what is tried, and counts what helped. */
import { withDuckDb } from '../../core/data/duckdb.ts';
import { rangSince } from '../../core/loop/alarms.ts';
import { advanceRollout } from '../../core/loop/advance.ts';
import type { RolloutEntry } from '../../core/loop/entries.ts';
import { readEvidence } from '../../core/loop/evidence.ts';
import type { Evidence } from '../../core/loop/guardrails.ts';
import { loopStateOf } from '../../core/loop/log.ts';
import { settleRetrains } from '../../core/loop/outcomes.ts';
import { policyOf } from '../../core/loop/retraining.ts';
import { tellRollout } from '../../core/loop/rollout.ts';
import type { CompleteRollout } from '../../core/model/rollout.ts';
import type { StepContext } from '../step.ts';
import { judgeHelp } from './helped.ts';
import { tellNews } from './loop-news.ts';
import { duckDbFor } from './sizes.ts';

export async function goOnWithLoop(context: StepContext): Promise<void> {
  const { definition, facts, asOf, publish } = context;
  const { rollout, retraining, name: model } = definition;
  if (rollout) await goOnWithRollout(context, rollout);
  if (retraining) {
    // What was rolled out has been judged by its trial.
    if (!rollout) await judgeHelp(context);
    await settleRetrains(facts, policyOf(definition), asOf);
    const { stopped } = await loopStateOf(facts, model);
    const value = stopped === undefined ? 0 : 1;
    publish({ at: asOf, metrics: { RetrainingStopped: { value, unit: 'Count' } } });
  }
  if (rollout ?? retraining) await tellNews(context);
}

async function goOnWithRollout(context: StepContext, declared: CompleteRollout): Promise<void> {
  const { definition, facts, runId, asOf, say, publish } = context;
  const stage = { facts, model: definition.name, declared };
  const moved = await advanceRollout(stage, { at: asOf, by: `run ${runId}` }, (rollout) =>
    evidenceOf(context, declared, rollout),
  );
  if (moved === undefined) return;
  say(`${tellRollout(moved)}: ${moved.reason}`);
  const sentBack = Number(moved.phase === 'rolled back');
  publish({ at: asOf, metrics: { RolledBack: { value: sentBack, unit: 'Count' } } });
}

async function evidenceOf(
  { definition, objects, facts, asOf, scratch }: StepContext,
  declared: CompleteRollout,
  { version, traffic, since, at }: RolloutEntry,
): Promise<Evidence> {
  if (traffic === undefined) throw new Error(`version ${version} has no traffic to judge it by`);
  const trial = { version, traffic, from: new Date(since ?? at), to: asOf };
  const job = definition.serving.batch?.job ?? definition.trainer.job;
  const read = await withDuckDb(duckDbFor(job, scratch), (connection) =>
    readEvidence(connection, objects, definition, declared, { trial, folder: scratch }),
  );
  const { alarms } = declared.guardrails;
  const alarm = await rangSince(facts, definition.name, alarms, [since ?? at, asOf]);
  return { ...read, ...(alarm !== undefined && { alarm }) };
}
