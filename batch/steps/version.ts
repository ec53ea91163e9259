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

/**
 * Returns the version that was champion at a moment; where there was none yet, the one that is now,
 * since a past of before the first version is looked at with the newest.
 *
 * @throws {AliasNotSetError} if there never was a champion
 */
export async function pinChampionOf(
  context: Pick<StepContext, 'definition' | 'facts' | 'runId'>,
  at: Date,
): Promise<number> {
  const then = await createRegistry(context.facts).aliasAt(context.definition.name, 'champion', at);
  return pinVersion(context, then?.version);
}

/**
 * Returns the version that was champion when the run was first evaluated; undefined if there was
 * none. Evaluated again after its own promotion, a version is not compared with itself.
 */
export async function pinChampion({
  definition: { name: model },
  facts,
  runId,
}: Pick<StepContext, 'definition' | 'facts' | 'runId'>): Promise<number | undefined> {
  const runs = createRuns(facts);
  const pinned = (await runs.getRun({ model, runId })).parameters['champion'];
  if (pinned !== undefined) return typeof pinned === 'number' ? pinned : undefined;
  const champion = (await createRegistry(facts).history(model, 'champion')).at(-1)?.version;
  await runs.logParameters({ model, runId }, { champion: champion ?? 'none' });
  return champion;
}
