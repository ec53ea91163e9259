/** Builds a version again, from its recorded data, declaration, parameters and seed. */
import { createHash } from 'node:crypto';
import { ObjectNotFoundError } from '../../core/aws/objects.ts';
import { downloadAll, fingerprintOf, type LocalFile } from '../../core/data/dataset.ts';
import { DataError } from '../../core/data/errors.ts';
import { layout } from '../../core/model/layout.ts';
import type { ModelDefinition } from '../../core/model/index.ts';
import type { CandidateFile } from '../../core/pipeline/evaluation.ts';
import { parseRebuildOptions } from '../../core/pipeline/options.ts';
import {
  environmentChanges,
  sameness,
  tellRebuild,
  type Rebuild,
} from '../../core/pipeline/rebuild.ts';
import { readJson, runFiles, writeJson, type DatasetFile } from '../../core/pipeline/run-files.ts';
import { createRegistry, type ModelVersion } from '../../core/registry/registry.ts';
import { RunNotFoundError } from '../../core/runs/errors.ts';
import { createRuns, type Run } from '../../core/runs/runs.ts';
import type { StepAction, StepContext } from '../step.ts';
import { fitCandidate, readParts } from './fit-candidate.ts';
import { prepareRows } from './prepare-rows.ts';

export const rebuild: StepAction = async (context) => {
  const { definition, objects, facts, runId } = context;
  const model = definition.name;
  const runs = createRuns(facts);
  const { version: number, threads } = parseRebuildOptions(context.options);
  const recorded = await readRecorded(context, number);
  const outcome = await build(context, recorded, threads);
  await writeJson(objects, runFiles({ model, runId }).rebuild, outcome);
  await runs.logTags(
    { model, runId },
    { version: String(number), outcome: outcome.identical ? 'identical' : 'different' },
  );
  return tellRebuild(outcome);
};

interface Recorded {
  readonly version: ModelVersion;
  readonly run: Run;
  readonly definition: ModelDefinition;
  readonly dataset: DatasetFile;
}

const NO_ROLLING: Partial<ModelDefinition> = { rolling: {}, labels: {} };

/** @throws {DataError} if the version did not come of a training run */
async function readRecorded(
  { definition: { name: model }, objects, facts }: StepContext,
  number: number,
): Promise<Recorded> {
  const version = await createRegistry(facts).version(model, number);
  const keys = runFiles(version);
  try {
    return {
      version,
      run: await createRuns(facts).getRun({ model, runId: version.runId }),
      // Runs from before there were rolling features say nothing of them.
      definition: {
        ...NO_ROLLING,
        ...(await readJson<ModelDefinition>(objects, keys.definition)),
      },
      dataset: await readJson(objects, keys.dataset),
    };
  } catch (error) {
    if (!(error instanceof RunNotFoundError || error instanceof ObjectNotFoundError)) throw error;
    throw new DataError(
      `${model}/${number} has no training to repeat (${error.message}); only versions that ` +
        'a training run made can be rebuilt',
      { cause: error },
    );
  }
}

async function build(
  context: StepContext,
  recorded: Recorded,
  threads: number | undefined,
): Promise<Rebuild> {
  const { version, run, definition, dataset } = recorded;
  const { files, problems } = await bringData(context, dataset);
  const now = {
    datasetFingerprint: fingerprintOf(files),
    codeFingerprint: context.code(definition),
  };
  const isThere = problems.every(({ problem }) => problem !== 'gone');
  const rebuilt = isThere ? await fitAgain(context, recorded, files, threads) : undefined;
  return {
    model: version.model,
    version: version.version,
    runId: version.runId,
    identical: rebuilt === version.sha256,
    sha256: { recorded: version.sha256, ...(rebuilt !== undefined && { rebuilt }) },
    ...sameness(version.lineage, now),
    objects: problems,
    environment: environmentChanges(run.environment, context.environment),
  };
}

/** Downloads the objects that the version's run read, as they are now. */
async function bringData(
  { definition, objects, scratch, say }: StepContext,
  dataset: DatasetFile,
): Promise<{ files: LocalFile[]; problems: Rebuild['objects'] }> {
  const listed = new Map(
    (await objects.list(layout.datasets(definition.name))).map((object) => [object.key, object]),
  );
  const there = dataset.objects.flatMap(({ key }) => listed.get(key) ?? []);
  say(`reading ${there.length} of the ${dataset.objects.length} objects that were read then`);
  const files = await downloadAll(objects, there, scratch);
  const hashes = new Map(files.map(({ key, sha256 }) => [key, sha256]));
  const problems = dataset.objects.flatMap(({ key, sha256 }) => {
    const found = hashes.get(key);
    if (found === sha256) return [];
    return [{ key, problem: found === undefined ? 'gone' : 'changed' } as const];
  });
  return { files, problems };
}

/** @returns SHA-256 of the file */
async function fitAgain(
  context: StepContext,
  { version, run, definition, dataset }: Recorded,
  files: readonly LocalFile[],
  threads: number | undefined,
): Promise<string> {
  const candidate = Number(run.tags['candidate']);
  const { parameters, learnedFrom } = await readJson<CandidateFile>(
    context.objects,
    runFiles(version).candidate(candidate),
  );
  const then = { ...context, definition, candidate, asOf: new Date(run.asOf) };
  const { sample, declinedFrom } = dataset;
  const changed =
    declinedFrom === undefined ? undefined : { since: new Date(declinedFrom), rows: 0 };
  const prepared = await prepareRows(then, files, sample, changed);
  const { training, recent = training, validation } = await readParts(then, prepared.dataset);
  const rows = { training: learnedFrom === undefined ? training : recent, validation };
  const onnx = (await fitCandidate(then, parameters, rows, threads)).toOnnx();
  return createHash('sha256').update(onnx).digest('hex');
}
