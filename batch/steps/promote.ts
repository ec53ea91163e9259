/** Last step of training: the gate decides who is champion. */
import type { Evaluation } from '../../core/pipeline/evaluation.ts';
import { gateInputOf } from '../../core/pipeline/gate-input.ts';
import { decideGate } from '../../core/pipeline/gate.ts';
import { readJson, runFiles } from '../../core/pipeline/run-files.ts';
import { createRegistry, type Registry } from '../../core/registry/registry.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { StepAction } from '../step.ts';

export const promote: StepAction = async ({ definition, objects, facts, runId, asOf }) => {
  const { name: model, gate } = definition;
  const runs = createRuns(facts);
  const registry = createRegistry(facts);
  const keys = runFiles({ model, runId });
  const evaluation = await readJson<Evaluation>(objects, keys.evaluation);
  const decision = decideGate(gate, gateInputOf(gate.metric, evaluation));
  const version = (await registry.versions(model)).find((known) => known.runId === runId)?.version;
  if (version === undefined) throw new Error(`run '${runId}' has no version; run step register`);
  const newer = await championSince(registry, model, evaluation.champion?.version, version);
  const alias = decision.passed && newer === undefined ? 'champion' : 'challenger';
  const reason =
    newer === undefined
      ? decision.reason
      : `${decision.reason}; but version ${newer} has become champion since, so train again`;
  await registry.promote({
    model,
    alias,
    version,
    at: asOf,
    reason,
    by: `run ${runId}`,
    idempotencyKey: runId,
    decision: { ...decision },
  });
  await runs.logTags({ model, runId }, { outcome: alias });
  return `${model}/${version} is ${alias}: ${reason}`;
};

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
