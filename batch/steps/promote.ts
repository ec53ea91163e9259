/** Last step of training: the gate decides who is champion. */
import type { Evaluation } from '../../core/pipeline/evaluation.ts';
import { gateInputOf } from '../../core/pipeline/gate-input.ts';
import { decideGate } from '../../core/pipeline/gate.ts';
import { readJson, runFiles } from '../../core/pipeline/run-files.ts';
import { createRegistry } from '../../core/registry/registry.ts';
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
  const alias = decision.passed ? 'champion' : 'challenger';
  await registry.promote({
    model,
    alias,
    version,
    at: asOf,
    reason: decision.reason,
    by: `run ${runId}`,
    idempotencyKey: runId,
    decision: { ...decision },
  });
  await runs.logTags({ model, runId }, { outcome: alias });
  return `${model}/${version} is ${alias}: ${decision.reason}`;
};
