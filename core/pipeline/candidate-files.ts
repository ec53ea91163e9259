/** The candidates of a run, as far as each of them got. */
import type { ObjectStore } from '../aws/objects.ts';
import type { ModelDefinition, QualityMetric } from '../model/definition.ts';
import type { RunName } from '../runs/runs.ts';
import { candidatesOf } from '../train/candidates.ts';
import { rungsOf } from '../train/rungs.ts';
import type { CandidateFile } from './evaluation.ts';
import { improvementOf } from '../train/metrics/quality.ts';
import { readJson, runFiles } from './run-files.ts';

/** Which candidates learn in a rung: all in the first, the best of the one before in others. */
export async function candidatesIn(
  objects: ObjectStore,
  run: RunName,
  { trainer, gate }: Pick<ModelDefinition, 'trainer' | 'gate'>,
  rung: number,
): Promise<number[]> {
  let chosen = candidatesOf(trainer).map((_, candidate) => candidate);
  const rungs = rungsOf(trainer);
  for (let before = 0; before < rung; before++) {
    const files = await readRung(objects, run, chosen, before);
    const best = ranked(files, gate.metric).slice(0, rungs[before + 1]?.candidates);
    chosen = best.map(({ candidate }) => candidate);
  }
  return chosen;
}

/** Every candidate of a run at the last rung that it reached, in the order of their numbers. */
export async function readCandidates(
  objects: ObjectStore,
  run: RunName,
  definition: Pick<ModelDefinition, 'trainer' | 'gate'>,
): Promise<CandidateFile[]> {
  const last = rungsOf(definition.trainer).length - 1;
  const keys = runFiles(run);
  const found = new Map<number, CandidateFile>();
  for (let rung = 0; rung < last; rung++) {
    const learning = await candidatesIn(objects, run, definition, rung);
    for (const file of await readRung(objects, run, learning, rung))
      found.set(file.candidate, file);
  }
  for (const candidate of await candidatesIn(objects, run, definition, last)) {
    found.set(candidate, await readJson<CandidateFile>(objects, keys.candidate(candidate)));
  }
  return [...found.values()].toSorted((a, b) => a.candidate - b.candidate);
}

/** The best on the validation rows first; one that could not be measured comes last. */
export function ranked(files: readonly CandidateFile[], metric: QualityMetric): CandidateFile[] {
  return files.toSorted((a, b) => {
    const [first, second] = [a.validation[metric], b.validation[metric]];
    if (first === undefined || second === undefined) {
      return (
        Number(first === undefined) - Number(second === undefined) || a.candidate - b.candidate
      );
    }
    return improvementOf(metric, second, first) || a.candidate - b.candidate;
  });
}

function readRung(
  objects: ObjectStore,
  run: RunName,
  candidates: readonly number[],
  rung: number,
): Promise<CandidateFile[]> {
  const keys = runFiles(run);
  return Promise.all(
    candidates.map((candidate) => readJson<CandidateFile>(objects, keys.rung(candidate, rung))),
  );
}
