/** Last step of training: the gate decides, and what passes it takes over or is rolled out. */
import { openRollout } from '../../core/loop/advance.ts';
import { tellRollout } from '../../core/loop/rollout.ts';
import type { Evaluation } from '../../core/pipeline/evaluation.ts';
import { gateInputOf } from '../../core/pipeline/gate-input.ts';
import { decideGate, type GateDecision } from '../../core/pipeline/gate.ts';
import { readJson, runFiles } from '../../core/pipeline/run-files.ts';
import { createRegistry, type Registry } from '../../core/registry/registry.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { StepAction, StepContext } from '../step.ts';
import { tellNews } from './loop-news.ts';

/** What became of the version, and why. */
interface Verdict {
  readonly outcome: 'champion' | 'rollout' | 'refused';
  readonly told: string;
}

export const promote: StepAction = async (context) => {
  const { definition, objects, facts, runId } = context;
  const { name: model, gate } = definition;
  const registry = createRegistry(facts);
  const keys = runFiles({ model, runId });
  const evaluation = await readJson<Evaluation>(objects, keys.evaluation);
  const decision = decideGate(gate, gateInputOf(gate.metric, evaluation));
  const version = (await registry.versions(model)).find((known) => known.runId === runId)?.version;
  if (version === undefined) throw new Error(`run '${runId}' has no version; run step register`);
  const compared = evaluation.champion?.version;
  const newer = await championSince(registry, model, compared, version);
  const judged =
    newer === undefined
      ? decision
      : {
          ...decision,
          passed: false,
          reason: `${decision.reason}; but version ${newer} has become champion since, so train again`,
        };
  const { outcome, told } = judged.passed
    ? await admit(context, { version, champion: compared, decision: judged })
    : await refuse(context, version, judged);
  await createRuns(facts).logTags({ model, runId }, { outcome, gate: judged.reason });
  return `${told}: ${judged.reason}`;
};

/** What passed replaces the champion at once, unless there is one and a rollout is declared. */
async function admit(
  context: StepContext,
  passed: { version: number; champion: number | undefined; decision: GateDecision },
): Promise<Verdict> {
  const { definition, facts, asOf } = context;
  const { rollout: declared, name: model } = definition;
  const { version, champion, decision } = passed;
  if (declared === undefined || champion === undefined || champion === version) {
    await putAlias(context, 'champion', version, decision);
    return { outcome: 'champion', told: `${model}/${version} is champion` };
  }
  const said = { at: asOf, by: `run ${context.runId}`, reason: decision.reason };
  const opened = await openRollout({ facts, model, declared }, { version, champion }, said);
  await tellNews(context);
  const told = opened ? tellRollout(opened) : `version ${version} comes after a newer one`;
  return { outcome: 'rollout', told };
}

/** What was refused can be tried by hand as challenger, unless rollouts have that place. */
async function refuse(
  context: StepContext,
  version: number,
  decision: GateDecision,
): Promise<Verdict> {
  if (context.definition.rollout === undefined) {
    await putAlias(context, 'challenger', version, decision);
  }
  return { outcome: 'refused', told: `${context.definition.name}/${version} was refused` };
}

async function putAlias(
  { definition, facts, runId, asOf }: StepContext,
  alias: 'champion' | 'challenger',
  version: number,
  decision: GateDecision,
): Promise<void> {
  await createRegistry(facts).promote({
    model: definition.name,
    alias,
    version,
    at: asOf,
    reason: decision.reason,
    by: `run ${runId}`,
    idempotencyKey: runId,
    decision: { ...decision },
  });
}

/** The champion, if it is another one than the candidate was compared with. */
async function championSince(
  registry: Registry,
  model: string,
  compared: number | undefined,
  own: number,
): Promise<number | undefined> {
  const champion = (await registry.history(model, 'champion')).at(-1)?.version;
  return champion === compared || champion === own ? undefined : champion;
}
