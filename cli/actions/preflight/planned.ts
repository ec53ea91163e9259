/** What a deploy would ask of an account: read off the cloud assembly that it would send. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { standingOf, type Template } from '../../../core/cost/standing.ts';

export interface Planned {
  readonly stack: string;
  readonly resources: number;
  readonly shards: number;
  /** Calls that functions reserve, together. */
  readonly reservedConcurrency: number;
  /** Of the largest job. */
  readonly vcpus: number;
  readonly bootstrap: { readonly parameter: string; readonly version: number };
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly properties: {
          readonly requiresBootstrapStackVersion: number;
          readonly bootstrapStackVersionSsmParameter: string;
        };
      }
    >
  >;
}

/** @param folder of the cloud assembly */
export function plannedIn(folder: string, stack: string): Planned {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const template: Template = JSON.parse(read(`${stack}.template.json`));
  const manifest: Manifest = JSON.parse(read('manifest.json'));
  const { properties } = manifest.artifacts[stack]!;
  const resources = Object.values(template.Resources);
  const sum = (property: string): number =>
    resources.reduce((total, { Properties }) => total + Number(Properties?.[property] ?? 0), 0);
  return {
    stack,
    resources: resources.length,
    shards: standingOf(template).shards,
    reservedConcurrency: sum('ReservedConcurrentExecutions'),
    vcpus: Math.max(0, ...resources.map(({ Properties }) => vcpusOf(Properties))),
    bootstrap: {
      parameter: properties.bootstrapStackVersionSsmParameter,
      version: properties.requiresBootstrapStackVersion,
    },
  };
}

/** The number that stands beside `Type: VCPU` in a job definition, wherever that is. */
function vcpusOf(within: unknown): number {
  if (typeof within !== 'object' || within === null) return 0;
  if ('Type' in within && within.Type === 'VCPU' && 'Value' in within) return Number(within.Value);
  return Math.max(0, ...Object.values(within).map(vcpusOf));
}
