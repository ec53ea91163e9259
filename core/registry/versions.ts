/** Model versions: numbers from 1, never reused, each with the facts of one ONNX file. */
import type { Fact, FactTable } from '../aws/facts.ts';
import type { Signature } from '../model/signature.ts';
import type { Lineage } from '../model/lineage.ts';
import { MalformedFactError, VersionNotFoundError } from './errors.ts';

export interface ModelVersion {
  readonly model: string;
  readonly version: number;
  /** The run that made it. */
  readonly runId: string;
  /** Of `model.onnx`, hexadecimal. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Measured on the holdout rows. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly signature: Signature;
  readonly lineage: Lineage;
}

export type NewVersion = Omit<ModelVersion, 'version' | 'createdAt'> & { readonly at: Date };

export interface Versions {
  /**
   * Takes the next number for a file. The same file of the same run keeps the number it has,
   * so a job that is tried again registers nothing twice.
   */
  register(version: NewVersion): Promise<ModelVersion>;
  /** @throws {VersionNotFoundError} */
  version(model: string, version: number): Promise<ModelVersion>;
  /** Newest first. */
  versions(model: string): Promise<ModelVersion[]>;
}

export function createVersions(facts: FactTable): Versions {
  const versions = async (model: string): Promise<ModelVersion[]> =>
    (await facts.query(partitionOf(model), { sortPrefix: 'version#', descending: true })).map(
      asVersion,
    );

  return {
    versions,

    async version(model, version) {
      const fact = await facts.get({ partition: partitionOf(model), sort: sortOf(version) });
      if (fact) return asVersion(fact);
      const [newest] = await versions(model);
      throw new VersionNotFoundError(model, version, newest?.version);
    },

    async register({ at, ...file }) {
      for (;;) {
        const known = await versions(file.model);
        const same = known.find(
          ({ runId, sha256 }) => runId === file.runId && sha256 === file.sha256,
        );
        if (same) return same;
        const version = (known[0]?.version ?? 0) + 1;
        const item: ModelVersion = { ...file, version, createdAt: at.toISOString() };
        const place = { partition: partitionOf(file.model), sort: sortOf(version) };
        if (await facts.putIfAbsent({ ...place, ...item })) return item;
      }
    },
  };
}

function partitionOf(model: string): string {
  return `model#${model}`;
}

function sortOf(version: number): string {
  return `version#${String(version).padStart(8, '0')}`;
}

function asVersion(fact: Fact): ModelVersion {
  const { partition, sort, ...version } = fact;
  if (!isVersion(version)) throw new MalformedFactError(partition, sort, 'a model version');
  return version;
}

function isVersion(fact: object): fact is ModelVersion {
  return (
    'version' in fact &&
    typeof fact.version === 'number' &&
    'sha256' in fact &&
    typeof fact.sha256 === 'string' &&
    'runId' in fact &&
    'signature' in fact
  );
}
