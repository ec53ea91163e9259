/** Builds a version again, from its recorded data, declaration, parameters and seed. */
import { createHash } from 'node:crypto';
import { downloadAll, fingerprintOf, type LocalFile } from '../../core/data/dataset.ts';
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
import { createRuns, type Run } from '../../core/runs/runs.ts';
import type { StepAction, StepContext } from '../step.ts';
import { fitCandidate, readParts } from './fit-candidate.ts';
import { prepareRows } from './prepare-rows.ts';

export const rebuild: StepAction = async (context) => {
  const { definition, objects, facts, runId } = context;
  const model = definition.name;
  const runs = createRuns(facts);
  const number = parseRebuildOptions(context.options).version;
  const version = await createRegistry(facts).version(model, number);
  const recorded: Recorded = {
    version,
    run: await runs.getRun({ model, runId: version.runId }),
    definition: await readJson(objects, runFiles(version).definition),
    dataset: await readJson(objects, runFiles(version).dataset),
  };
  const outcome = await build(context, recorded);
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

async function build(context: StepContext, recorded: Recorded): Promise<Rebuild> {
  const { version, run, definition, dataset } = recorded;
  const { files, problems } = await bringData(context, dataset);
  const now = {
    datasetFingerprint: fingerprintOf(files),
    codeFingerprint: context.code(definition),
  };
  const isThere = problems.every(({ problem }) => problem !== 'gone');
  const rebuilt = isThere ? await fitAgain(context, recorded, files) : undefined;
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
): Promise<string> {
  const candidate = Number(run.tags['candidate']);
  const { parameters } = await readJson<CandidateFile>(
    context.objects,
    runFiles(version).candidate(candidate),
  );
  const then = { ...context, definition, candidate, asOf: new Date(run.asOf) };
  const prepared = await prepareRows(then, files, dataset.sample);
  const parts = await readParts(then, prepared.dataset.validationFrom);
  const onnx = (await fitCandidate(then, parameters, parts)).toOnnx();
  return createHash('sha256').update(onnx).digest('hex');
}
