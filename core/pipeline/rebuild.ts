/** What came of building a version again from what was written down about it. */
import type { Lineage } from '../model/lineage.ts';

export interface Rebuild {
  readonly model: string;
  readonly version: number;
  /** The run that made the version. */
  readonly runId: string;
  /** Whether the file is the same to the byte. */
  readonly identical: boolean;
  /** Of `model.onnx`; the rebuilt one is absent where the data is no longer there. */
  readonly sha256: { readonly recorded: string; readonly rebuilt?: string };
  readonly data: Sameness;
  readonly code: Sameness;
  /** Objects of the dataset that are gone or have other content now. */
  readonly objects: readonly { readonly key: string; readonly problem: 'gone' | 'changed' }[];
  /** Of the environment, what is another now: by name, then and now. */
  readonly environment: Readonly<Record<string, readonly [then: string, now: string]>>;
}

export interface Sameness {
  readonly recorded: string;
  readonly now: string;
}

export function environmentChanges(
  then: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Rebuild['environment'] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].toSorted();
  return Object.fromEntries(
    names
      .filter((name) => then[name] !== now[name])
      .map((name) => [name, [then[name] ?? 'unknown', now[name] ?? 'unknown'] as const]),
  );
}

export function sameness(
  { datasetFingerprint, codeFingerprint }: Lineage,
  now: Lineage,
): Pick<Rebuild, 'data' | 'code'> {
  return {
    data: { recorded: datasetFingerprint, now: now.datasetFingerprint },
    code: { recorded: codeFingerprint, now: now.codeFingerprint },
  };
}

/** Says in sentences whether the version was rebuilt, and what is another than it was. */
export function tellRebuild(rebuild: Rebuild): string {
  const { model, version, identical, sha256 } = rebuild;
  const name = `${model}/${version}`;
  if (identical) {
    return `${name} was rebuilt to the byte: model.onnx has SHA-256 ${sha256.recorded}`;
  }
  const outcome =
    sha256.rebuilt === undefined
      ? `${name} cannot be rebuilt`
      : `${name} came out as another file: SHA-256 ${sha256.rebuilt}, recorded ${sha256.recorded}`;
  return [outcome, ...differences(rebuild)].join('\n  ');
}

function differences({ data, code, objects, environment }: Rebuild): string[] {
  const found = objects.map(({ key, problem }) => `data: '${key}' is ${problem}`);
  if (objects.length === 0 && data.recorded !== data.now) {
    found.push(`data: fingerprint ${data.now}, recorded ${data.recorded}`);
  }
  if (code.recorded !== code.now) {
    found.push(
      `code: fingerprint ${code.now}, recorded ${code.recorded}; deploy what was deployed then`,
    );
  }
  for (const [name, [then, now]] of Object.entries(environment)) {
    found.push(`environment: ${name} is ${now}, was ${then}`);
  }
  return found.length > 0
    ? found
    : ['data, code and environment are what they were: report that training does not repeat'];
}
