/** Training of one candidate. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ObjectNotFoundError } from '../../core/aws/objects.ts';
import { toInputBatch, type Columns } from '../../core/data/columns.ts';
import { openSession } from '../../core/onnx/session.ts';
import type { CandidateFile } from '../../core/pipeline/evaluation.ts';
import { measure, prefixed } from '../../core/pipeline/measure.ts';
import { readJson, runFiles, writeJson, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { candidatesOf } from '../../core/train/candidates.ts';
import type { StepAction, StepContext } from '../step.ts';
import { fitCandidate, readParts, type Parts } from './fit-candidate.ts';

export const train: StepAction = async (context) => {
  const { definition, objects, candidate } = context;
  const keys = runFiles({ model: definition.name, runId: context.runId });
  const parameters = candidatesOf(definition.trainer)[candidate];
  if (parameters === undefined) {
    throw new RangeError(
      `candidate ${candidate} is not among the ${definition.trainer.candidates} declared`,
    );
  }
  const done = await readIfThere(context);
  if (done !== undefined) {
    await note(context, done);
    return `${summaryOf(context, done)}, as trained before`;
  }
  const parts = await bringParts(context);
  const { validation, holdout } = parts;
  const fitted = await fitCandidate(context, parameters, parts);
  const onnx = fitted.toOnnx();
  const { kind } = definition.target;
  const outputs = fitted.predict(holdout);
  await checkFile(onnx, holdout, outputs);
  const file: CandidateFile = {
    candidate,
    parameters,
    validation: measure(kind, validation.target, fitted.predict(validation)),
    holdout: measure(kind, holdout.target, outputs),
    iterations: fitted.iterations,
    featureImportance: fitted.featureImportance,
    sha256: createHash('sha256').update(onnx).digest('hex'),
  };
  await objects.put(keys.candidateModel(candidate), onnx, 'application/octet-stream');
  await writeJson(objects, keys.candidate(candidate), file);
  await note(context, file);
  return summaryOf(context, file);
};

/** The candidate's file is written last, so where it is, the child has nothing left to do. */
async function readIfThere({
  definition,
  objects,
  runId,
  candidate,
}: StepContext): Promise<CandidateFile | undefined> {
  const keys = runFiles({ model: definition.name, runId });
  try {
    return await readJson<CandidateFile>(objects, keys.candidate(candidate));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

function summaryOf({ definition }: StepContext, { candidate, validation }: CandidateFile): string {
  const { metric } = definition.gate;
  return `candidate ${candidate}: validation ${metric} ${validation[metric]?.toFixed(4)}`;
}

/** Brings the rows that the prepare step left. */
async function bringParts(context: StepContext): Promise<Parts> {
  const { definition, objects, runId, scratch } = context;
  const keys = runFiles({ model: definition.name, runId });
  const { validationFrom } = await readJson<DatasetFile>(objects, keys.dataset);
  await objects.download(keys.training, join(scratch, 'train.parquet'));
  await objects.download(keys.holdout, join(scratch, 'holdout.parquet'));
  return readParts(context, validationFrom);
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
  const { candidate, parameters, validation, holdout } = file;
  await createRuns(facts).logCandidate(
    { model: definition.name, runId },
    {
      candidate,
      parameters: Object.fromEntries(Object.entries(parameters)),
      metrics: { ...prefixed('validation', validation), ...prefixed('holdout', holdout) },
    },
  );
}
