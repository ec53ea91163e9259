/** Training of one candidate. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ObjectNotFoundError } from '../../core/aws/objects.ts';
import { toInputBatch, type Columns } from '../../core/data/columns.ts';
import { thinColumns } from '../../core/data/thin.ts';
import type { TrainerParameters } from '../../core/model/definition.ts';
import { openSession } from '../../core/onnx/session.ts';
import { candidatesIn } from '../../core/pipeline/candidate-files.ts';
import type { CandidateFile } from '../../core/pipeline/evaluation.ts';
import { signed } from '../../core/loop/words.ts';
import { improvementOf } from '../../core/train/metrics/quality.ts';
import { measure, prefixed } from '../../core/pipeline/measure.ts';
import { readJson, runFiles, writeJson, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { percent } from '../../core/report/html.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { candidatesOf } from '../../core/train/candidates.ts';
import { rungsOf } from '../../core/train/rungs.ts';
import type { FittedModel } from '../../core/train/trainer.ts';
import type { StepAction, StepContext } from '../step.ts';
import { fitCandidate, readParts, type Parts } from './fit-candidate.ts';

/**
 * Trains one candidate in a rung of the search. A child of the first rung trains the candidate of
 * its own number; in later ones the children take over the best of the rung before, in order.
 */
export function trainRung(rung: number): StepAction {
  return async (context) => {
    const { definition, objects, runId, candidate: child } = context;
    const run = { model: definition.name, runId };
    const candidate = (await candidatesIn(objects, run, definition, rung))[child];
    const parameters = candidatesOf(definition.trainer)[candidate ?? -1];
    if (candidate === undefined || parameters === undefined) {
      throw new RangeError(
        `child ${child} has no candidate; the search has ` +
          `${rungsOf(definition.trainer)[rung]?.candidates ?? 0} at this step`,
      );
    }
    const attempt: Attempt = { context: { ...context, candidate }, parameters, rung };
    const done = await readIfThere(attempt);
    const file = done ?? (await trainCandidate(attempt));
    await note(context, file);
    const { metric } = definition.gate;
    return (
      `candidate ${candidate}: validation ${metric} ${file.validation[metric]?.toFixed(4)}` +
      (file.share < 1 ? ` on ${percent(file.share)} of the rows` : '') +
      (done ? ', as trained before' : '')
    );
  };
}

interface Attempt {
  readonly context: StepContext;
  readonly parameters: TrainerParameters;
  readonly rung: number;
}

async function trainCandidate(attempt: Attempt): Promise<CandidateFile> {
  const { context, parameters, rung } = attempt;
  const { definition, objects, candidate } = context;
  const { share = 1 } = rungsOf(definition.trainer)[rung] ?? {};
  const parts = await bringParts(context);
  const { validation, holdout } = parts;
  const { kind } = definition.target;
  const { fitted, learnedFrom } = await fitBest(context, parameters, parts, share);
  const outputs = fitted.predict(holdout);
  const file: CandidateFile = {
    candidate,
    parameters,
    share,
    ...(learnedFrom !== undefined && { learnedFrom }),
    validation: measure(kind, validation.target, fitted.predict(validation)),
    holdout: measure(kind, holdout.target, outputs),
    iterations: fitted.iterations,
    featureImportance: fitted.featureImportance,
    sha256: isLast(attempt) ? await keepModel(context, fitted, holdout, outputs) : '',
  };
  await writeJson(objects, keyOf(attempt), file);
  return file;
}

/** Learns from all rows, and from those since a decline where there is one; the better one stays. */
async function fitBest(
  context: StepContext,
  parameters: TrainerParameters,
  { training, recent, declinedFrom, validation }: Brought,
  share: number,
): Promise<{ readonly fitted: FittedModel; readonly learnedFrom?: string }> {
  const { gate, target } = context.definition;
  const fit = (rows: Columns) => fitCandidate(context, parameters, { training: rows, validation });
  const scoreOf = (fitted: FittedModel): number =>
    measure(target.kind, validation.target, fitted.predict(validation))[gate.metric] ?? Number.NaN;
  const fitted = await fit(thinColumns(training, share));
  if (recent === undefined || declinedFrom === undefined) return { fitted };
  const anew = await fit(recent);
  const improvement = improvementOf(gate.metric, scoreOf(anew), scoreOf(fitted));
  context.say(
    `candidate ${context.candidate}: what came since ${declinedFrom} alone gives ` +
      `${signed(improvement)} ${gate.metric} on the validation rows`,
  );
  return improvement > 0 ? { fitted: anew, learnedFrom: declinedFrom } : { fitted };
}

/** @returns SHA-256 of the file */
async function keepModel(
  { definition, objects, runId, candidate }: StepContext,
  fitted: FittedModel,
  holdout: Columns,
  outputs: Float64Array,
): Promise<string> {
  const onnx = fitted.toOnnx();
  await checkFile(onnx, holdout, outputs);
  const key = runFiles({ model: definition.name, runId }).candidateModel(candidate);
  await objects.put(key, onnx, 'application/octet-stream');
  return createHash('sha256').update(onnx).digest('hex');
}

function isLast({ context: { definition }, rung }: Attempt): boolean {
  return rung === rungsOf(definition.trainer).length - 1;
}

function keyOf(attempt: Attempt): string {
  const { definition, runId, candidate } = attempt.context;
  const keys = runFiles({ model: definition.name, runId });
  return isLast(attempt) ? keys.candidate(candidate) : keys.rung(candidate, attempt.rung);
}

/** The candidate's file is written last, so where it is, the child has nothing left to do. */
async function readIfThere(attempt: Attempt): Promise<CandidateFile | undefined> {
  try {
    return await readJson<CandidateFile>(attempt.context.objects, keyOf(attempt));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

type Brought = Parts & Pick<DatasetFile, 'declinedFrom'>;

/** Brings the rows that the prepare step left. */
async function bringParts(context: StepContext): Promise<Brought> {
  const { definition, objects, runId, scratch } = context;
  const keys = runFiles({ model: definition.name, runId });
  const dataset = await readJson<DatasetFile>(objects, keys.dataset);
  const { declinedFrom } = dataset;
  await objects.download(keys.training, join(scratch, 'train.parquet'));
  await objects.download(keys.holdout, join(scratch, 'holdout.parquet'));
  return {
    ...(await readParts(context, dataset)),
    ...(declinedFrom !== undefined && { declinedFrom }),
  };
}

const ROWS_CHECKED = 1000;
const TOLERANCE = 1e-4;

/** A file that does not predict as its trainer did must not get any further. */
async function checkFile(onnx: Uint8Array, rows: Columns, expected: Float64Array): Promise<void> {
  const session = await openSession(onnx);
  const count = Math.min(rows.rows, ROWS_CHECKED);
  const outputs = await session.run(toInputBatch(rows, session.signature, 0, count));
  await session.release();
  for (const [row, output] of outputs.entries()) {
    const meant = expected[row]!;
    if (Math.abs(output - meant) > TOLERANCE * Math.max(1, Math.abs(meant))) {
      throw new Error(`the file predicts ${output} in row ${row} of the holdout, not ${meant}`);
    }
  }
}

async function note({ definition, facts, runId }: StepContext, file: CandidateFile): Promise<void> {
  const { candidate, parameters, share, validation, holdout } = file;
  await createRuns(facts).logCandidate(
    { model: definition.name, runId },
    {
      candidate,
      parameters: Object.fromEntries(Object.entries(parameters)),
      metrics: {
        shareOfRows: share,
        ...prefixed('validation', validation),
        ...prefixed('holdout', holdout),
      },
    },
  );
}
