/** Chooses the best candidate, and measures it beside the baseline model and the champion. */
import { join } from 'node:path';
import type { Columns } from '../../core/data/columns.ts';
import type { CheckResult } from '../../core/data/checks/check.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { countPrepared, readPrepared } from '../../core/data/prepared.ts';
import { openSession } from '../../core/onnx/session.ts';
import {
  evaluate as evaluateOutputs,
  type CandidateFile,
  type Evaluation,
} from '../../core/pipeline/evaluation.ts';
import { ranked, readCandidates } from '../../core/pipeline/candidate-files.ts';
import { decideGate } from '../../core/pipeline/gate.ts';
import { improvementInterval, type Interval } from '../../core/pipeline/improvement.ts';
import { measure, prefixed } from '../../core/pipeline/measure.ts';
import { predictAll } from '../../core/pipeline/predict-all.ts';
import { readJson, runFiles, writeJson, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { renderRunPage } from '../../core/pipeline/run-page.ts';
import { createRuns, type MetricPoint } from '../../core/runs/runs.ts';
import { fitBaseline } from '../../core/train/baseline.ts';
import { gateInputOf } from '../../core/pipeline/gate-input.ts';
import type { StepAction, StepContext } from '../step.ts';
import { behind, championEvaluation, predictChampion, type Rival } from './rival.ts';
import { duckDbFor } from './sizes.ts';

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
  const rival = await predictChampion(context, holdout, {
    predict: (key) => predict(context, key, holdout),
    countFrom: (moment) => countHoldout(context, moment),
  });
  const trivial = fitBaseline(definition.baseline, training, classesOf(definition)).predict(
    holdout,
  );
  const evaluation: Evaluation = {
    candidate: chosen.candidate,
    sha256: chosen.sha256,
    ...(chosen.learnedFrom !== undefined && { learnedFrom: chosen.learnedFrom }),
    ...evaluateOutputs(holdout, outputs, trivial, definition),
    baseline: measure(definition.target.kind, holdout.target, trivial),
    ...(rival && { champion: championEvaluation(rival, holdout, outputs, definition) }),
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

/** Rows of the holdout, which lie in the order of time, from a moment on. */
function countHoldout({ definition, scratch }: StepContext, from: Date): Promise<number> {
  return withDuckDb(duckDbFor(definition.trainer.job, scratch), (connection) =>
    countPrepared(connection, join(scratch, 'holdout.parquet'), from),
  );
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

/** Of the candidate's improvement over what it has to beat, on the same rows. */
function improvementsOf(
  { definition }: StepContext,
  { target: truth }: Columns,
  {
    outputs: candidate,
    trivial,
    rival,
  }: { outputs: Float64Array; trivial: Float64Array; rival: Rival | undefined },
): Evaluation['improvements'] {
  const { metric } = definition.gate;
  const over = (other: Float64Array, from = 0): Interval =>
    improvementInterval({
      metric,
      truth: truth.subarray(from),
      candidate: behind(candidate, from, truth),
      other: behind(other, from, truth),
    });
  return {
    baseline: over(trivial),
    ...(rival?.outputs && { champion: over(rival.outputs, rival.from) }),
  };
}

async function note(
  { definition, facts, runId }: StepContext,
  { metrics, baseline, champion, candidate, learnedFrom }: Evaluation,
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
  await runs.logTags(run, {
    candidate: String(candidate),
    ...(learnedFrom !== undefined && { learnedFrom }),
  });
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
