/** What the prepare step notes about the data of a run. */
import type { ObjectStore } from '../aws/objects.ts';
import type { SplitCounts } from '../data/split.ts';
import { layout } from '../model/layout.ts';
import type { RunName } from '../runs/runs.ts';

export interface DatasetFile {
  /** SHA-256 over the content of all objects. */
  readonly fingerprint: string;
  readonly objects: readonly { readonly key: string; readonly sha256: string }[];
  /** Share of the rows that was kept. */
  readonly sample: number;
  /** Ends of the parts, ISO 8601; each part goes up to the next. */
  readonly trainingFrom: string;
  readonly validationFrom: string;
  readonly holdoutFrom: string;
  readonly to: string;
  /** Since when the champion had been too bad, where rows enough have come since. */
  readonly declinedFrom?: string;
  readonly rows: SplitCounts;
  /** Rows that were left out since their target is null. */
  readonly withoutTarget: number;
}

/** Keys of what the steps of a training run leave for each other. */
export function runFiles({ model, runId }: RunName) {
  const folder = layout.run(model, runId);
  return {
    dataset: `${folder}dataset.json`,
    definition: `${folder}definition.json`,
    checks: `${folder}checks.json`,
    profile: `${folder}profile.json`,
    training: `${folder}train.parquet`,
    holdout: `${folder}holdout.parquet`,
    evaluation: `${folder}evaluation.json`,
    report: `${folder}report.html`,
    rebuild: `${folder}rebuild.json`,
    candidate: (candidate: number) => `${folder}candidates/${candidate}/candidate.json`,
    /** Of a rung before the last. */
    rung: (candidate: number, rung: number) =>
      `${folder}candidates/${candidate}/rung-${rung + 1}.json`,
    candidateModel: (candidate: number) => `${folder}candidates/${candidate}/model.onnx`,
  } as const;
}

export async function readJson<Content>(objects: ObjectStore, key: string): Promise<Content> {
  // Written by an earlier step of the same run, by the same code.
  const content: Content = JSON.parse(new TextDecoder().decode(await objects.get(key)));
  return content;
}

export async function writeJson(
  objects: ObjectStore,
  key: string,
  content: unknown,
): Promise<void> {
  await objects.put(key, `${JSON.stringify(content, undefined, 2)}\n`, 'application/json');
}
