/** The version that begins to answer, trained on the history. */
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { AliasNotSetError } from '../../core/registry/errors.ts';
import { createRegistry, type Registry } from '../../core/registry/registry.ts';
import { createRuns } from '../../core/runs/runs.ts';
import { startPipeline } from '../actions/pipelines.ts';
import type { Stage } from './stage.ts';

/**
 * Trains on what is in the dataset. What the gate refuses is promoted all the same, by hand, since
 * without a champion nothing is predicted and there is nothing to see.
 *
 * @returns the champion's version
 * @throws {Error} with the run's failure if no version came of it
 */
export async function trainFirst({ target, clock }: Stage, model: string): Promise<number> {
  const at = clock.now();
  const asOf = at.toISOString();
  const { runId } = await startPipeline(target, model, { pipeline: 'train', asOf });
  await clock.quiet();
  const facts = dynamoFacts(target.output('TableName'));
  const registry = createRegistry(facts);
  const champion = await championOf(registry, model);
  if (champion !== undefined) return champion;
  const newest = (await registry.versions(model))[0]?.version;
  if (newest === undefined) {
    const { failure } = await createRuns(facts).getRun({ model, runId });
    throw new Error(
      `the first training of '${model}' made no version: ${failure ?? 'see its log'}; ` +
        'give it more history with --history <days>',
    );
  }
  await registry.promote({
    model,
    alias: 'champion',
    version: newest,
    at,
    by: 'replay',
    reason: 'a first version has to answer, though the gate refused it',
  });
  return newest;
}

async function championOf(registry: Registry, model: string): Promise<number | undefined> {
  try {
    return (await registry.championOf(model)).version;
  } catch (cause) {
    if (cause instanceof AliasNotSetError) return undefined;
    throw cause;
  }
}
