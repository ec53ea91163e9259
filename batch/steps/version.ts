/** Which version a run works with: the same one each time that it is tried. */
import { createRegistry } from '../../core/registry/registry.ts';
import { createRuns } from '../../core/runs/runs.ts';
import type { StepContext } from '../step.ts';

/**
 * Returns the version asked for, or the one that was champion when the run was first tried.
 *
 * @throws {AliasNotSetError} if there is no champion
 * @throws {VersionNotFoundError} if there is no version of the number asked for
 */
export async function pinVersion(
  { definition, facts, runId }: Pick<StepContext, 'definition' | 'facts' | 'runId'>,
  wanted?: number,
): Promise<number> {
  const runs = createRuns(facts);
  const registry = createRegistry(facts);
  const run = { model: definition.name, runId };
  const pinned = (await runs.getRun(run)).parameters['version'];
  if (typeof pinned === 'number') return pinned;
  const version =
    wanted === undefined
      ? (await registry.championOf(definition.name)).version
      : (await registry.version(definition.name, wanted)).version;
  await runs.logParameters(run, { version });
  return version;
}
