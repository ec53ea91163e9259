/** The registry: versions of models, and the aliases that say which of them answers. */
import type { FactTable } from '../aws/facts.ts';
import { type Aliases, createAliases } from './aliases.ts';
import { type Versions, createVersions } from './versions.ts';

export type { AliasEntry } from './alias-entry.ts';
export type { ModelVersion, NewVersion } from './versions.ts';

export type Registry = Versions & Aliases;

/**
 * @example
 * const registry = createRegistry(dynamoFacts(requireEnv('TABLE')));
 * const { version } = await registry.championOf('flight-delay');
 */
export function createRegistry(facts: FactTable): Registry {
  const versions = createVersions(facts);
  return {
    ...versions,
    ...createAliases(facts, (model, version) => versions.version(model, version)),
  };
}
