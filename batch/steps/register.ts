/** Gives the chosen candidate a version number, and its files a place for good. */
import type { DataProfile, ReferenceProfile } from '../../core/data/profile.ts';
import { layout } from '../../core/model/layout.ts';
import { signatureOf } from '../../core/model/signature.ts';
import type { Evaluation } from '../../core/pipeline/evaluation.ts';
import { readJson, runFiles, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { StepAction } from '../step.ts';

export const register: StepAction = async ({ definition, objects, facts, runId, asOf }) => {
  const { name: model } = definition;
  const runs = createRuns(facts);
  const keys = runFiles({ model, runId });
  const evaluation = await readJson<Evaluation>(objects, keys.evaluation);
  const { lineage } = await runs.getRun({ model, runId });
  if (lineage === undefined) throw new Error(`run '${runId}' has no lineage; run step prepare`);
  const { version } = await createRegistry(facts).register({
    model,
    runId,
    sha256: evaluation.sha256,
    metrics: evaluation.metrics,
    signature: signatureOf(definition),
    lineage,
    at: asOf,
  });
  const profile: ReferenceProfile = {
    model,
    runId,
    ...(await readJson<DataProfile>(objects, keys.profile)),
    predictions: evaluation.predictions,
    metrics: evaluation.metrics,
    dataTo: (await readJson<DatasetFile>(objects, keys.dataset)).to,
    ...(evaluation.calibration && { calibration: evaluation.calibration }),
  };
  const onnx = await objects.get(keys.candidateModel(evaluation.candidate));
  await objects.putIfAbsent(layout.profile(model, version), `${JSON.stringify(profile)}\n`);
  await objects.putIfAbsent(layout.modelFile(model, version), onnx);
  await runs.logTags({ model, runId }, { version: String(version) });
  return `candidate ${evaluation.candidate} is ${model}/${version}`;
};
