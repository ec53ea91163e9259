/** Chooses the best candidate, and measures it beside the baseline model and the champion. */
import { join } from 'node:path';
import type { Columns } from '../../core/data/columns.ts';
import type { CheckResult } from '../../core/data/checks/check.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { readPrepared } from '../../core/data/prepared.ts';
import { layout } from '../../core/model/layout.ts';
import { signatureOf } from '../../core/model/signature.ts';
import { openSession } from '../../core/onnx/session.ts';
import {
  evaluate as evaluateOutputs,
  type CandidateFile,
  type ChampionEvaluation,
  type Evaluation,
} from '../../core/pipeline/evaluation.ts';
import { ranked, readCandidates } from '../../core/pipeline/candidate-files.ts';
import { bootstrapImprovement, type Interval } from '../../core/train/metrics/bootstrap.ts';
import { decideGate } from '../../core/pipeline/gate.ts';
import { measure, prefixed } from '../../core/pipeline/measure.ts';
import { predictAll } from '../../core/pipeline/predict-all.ts';
import { readJson, runFiles, writeJson, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { renderRunPage } from '../../core/pipeline/run-page.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { rocCurve } from '../../core/report/curves.ts';
import { createRuns, type MetricPoint } from '../../core/runs/runs.ts';
import { fitBaseline } from '../../core/train/baseline.ts';
import { gateInputOf } from '../../core/pipeline/gate-input.ts';
import type { StepAction, StepContext } from '../step.ts';
import { duckDbFor } from './sizes.ts';
import { pinChampion } from './version.ts';

export const evaluate: StepAction = async (context) => {
  const { definition, objects, runId, say } = context;
  const { gate, name: model } = definition;
  const keys = runFiles({ model, runId });
  const candidates = await readCandidates(objects, { model, runId }, definition);
  const [chosen] = ranked(candidates.filter(hasFile), gate.metric);
  if (chosen === undefined) throw new Error(`run '${runId}' has no candidate; run step train`);
  say(`candidate ${chosen.candidate} is the best of ${candidates.length} on the validation rows`);
  const { training, holdout } = await readRows(context);
  const outputs = await predict(context, keys.candidateModel(chosen.candidate), holdout);
  const rival = await predictChampion(context, holdout);
  const trivial = fitBaseline(definition.baseline, training, classesOf(definition)).predict(
    holdout,
  );
  const evaluation: Evaluation = {
    candidate: chosen.candidate,
    sha256: chosen.sha256,
    ...evaluateOutputs(holdout, outputs, trivial, definition),
    baseline: measure(definition.target.kind, holdout.target, trivial),
    ...(rival && { champion: championEvaluation(rival, holdout, definition) }),
    improvements: improvementsOf(context, holdout, { outputs, trivial, rival }),
  };
  const decision = decideGate(gate, gateInputOf(gate.metric, evaluation));
  const dataset = await readJson<DatasetFile>(objects, keys.dataset);
  const checks = await readJson<CheckResult[]>(objects, keys.checks);
  const { trigger } = await createRuns(context.facts).getRun({ model, runId });
  const page = renderRunPage({
    definition,
    runId,
    trigger,
    dataset,
    checks,
    candidates,
    evaluation,
    decision,
  });
  await objects.put(keys.report, page, 'text/html');
  await writeJson(objects, keys.evaluation, evaluation);
  await note(context, evaluation, chosen);
  return decision.reason;
};

function classesOf({ target }: StepContext['definition']): number {
  return target.kind === 'multiclass' ? target.classes.length : 1;
}

/** One that was given up on the way has none. */
function hasFile({ sha256 }: CandidateFile): boolean {
  return sha256 !== '';
}

async function readRows({
  definition,
  objects,
  runId,
  scratch,
}: StepContext): Promise<{ training: Columns; holdout: Columns }> {
  const keys = runFiles({ model: definition.name, runId });
  const files = {
    train: join(scratch, 'train.parquet'),
    holdout: join(scratch, 'holdout.parquet'),
  };
  await objects.download(keys.training, files.train);
  await objects.download(keys.holdout, files.holdout);
  return withDuckDb(duckDbFor(definition.trainer.job, scratch), async (connection) => ({
    training: await readPrepared(connection, definition.features, files.train),
    holdout: await readPrepared(connection, definition.features, files.holdout),
  }));
}

async function predict(
  { definition, objects }: StepContext,
  key: string,
  rows: Columns,
): Promise<Float64Array> {
  const session = await openSession(await objects.get(key), {
    threads: Math.max(1, definition.trainer.job.vcpus),
  });
  try {
    return await predictAll(session, rows);
  } finally {
    await session.release();
  }
}

interface Rival {
  readonly version: number;
  /** Absent where it cannot be run on these rows. */
  readonly outputs?: Float64Array;
  readonly notComparable?: string;
}

/** Undefined while there is no champion. */
async function predictChampion(context: StepContext, holdout: Columns): Promise<Rival | undefined> {
  const { definition, facts, say } = context;
  const version = await pinChampion(context);
  if (version === undefined) return undefined;
  const { signature } = await createRegistry(facts).version(definition.name, version);
  const declared = signatureOf(definition);
  const gone = (['numbers', 'categories', 'times'] as const).flatMap((kind) =>
    signature[kind].filter((name) => !declared[kind].includes(name)),
  );
  if (gone.length > 0) {
    const notComparable = `it needs ${gone.join(', ')}, which the declaration no longer has`;
    say(`champion ${version} is not compared: ${notComparable}`);
    return { version, notComparable };
  }
  const outputs = await predict(context, layout.modelFile(definition.name, version), holdout);
  return { version, outputs };
}

function championEvaluation(
  { version, outputs, notComparable }: Rival,
  { target }: Columns,
  definition: StepContext['definition'],
): ChampionEvaluation {
  if (outputs === undefined) return { version, ...(notComparable && { notComparable }) };
  const metrics = measure(definition.target.kind, target, outputs);
  const isBinary = definition.target.kind === 'binary';
  return { version, metrics, ...(isBinary && { roc: rocCurve(target, outputs) }) };
}

/** Of the candidate's improvement over what it has to beat, on the same rows. */
function improvementsOf(
  { definition, say }: StepContext,
  { target: truth }: Columns,
  {
    outputs: candidate,
    trivial,
    rival,
  }: { outputs: Float64Array; trivial: Float64Array; rival: Rival | undefined },
): Evaluation['improvements'] {
  const { metric } = definition.gate;
  const over = (other: Float64Array): Interval =>
    bootstrapImprovement({ metric, truth, candidate, other, seed: definition.trainer.seed });
  say(`resampling ${truth.length} rows to see whether the improvement is more than chance`);
  return {
    baseline: over(trivial),
    ...(rival?.outputs && { champion: over(rival.outputs) }),
  };
}

async function note(
  { definition, facts, runId }: StepContext,
  { metrics, baseline, champion, candidate }: Evaluation,
  { parameters, iterations }: CandidateFile,
): Promise<void> {
  const runs = createRuns(facts);
  const run = { model: definition.name, runId };
  const { algorithm, seed, parameters: declared } = definition.trainer;
  await runs.logParameters(run, { algorithm, seed, ...declared, ...parameters });
  for (const [metric, points] of Object.entries(learningPoints(iterations))) {
    await runs.logMetricPoints(run, metric, points);
  }
  await runs.logMetrics(run, {
    ...metrics,
    ...prefixed('baseline', baseline),
    ...prefixed('champion', champion?.metrics),
  });
  await runs.logTags(run, { candidate: String(candidate) });
}

/** Points kept on the run, evenly spread; the candidate's file has all of them. */
const POINTS = 100;

function learningPoints(
  iterations: CandidateFile['iterations'],
): Readonly<Record<'trainingLoss' | 'validationLoss', MetricPoint[]>> {
  const every = Math.max(1, Math.ceil(iterations.length / POINTS));
  const kept = iterations.filter((_, at) => (at + 1) % every === 0 || at + 1 === iterations.length);
  return {
    trainingLoss: kept.map(({ iteration, trainingLoss }) => ({
      step: iteration,
      value: trainingLoss,
    })),
    validationLoss: kept.flatMap(({ iteration, validationLoss }) =>
      validationLoss === undefined ? [] : [{ step: iteration, value: validationLoss }],
    ),
  };
}
