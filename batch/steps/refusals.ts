/** Versions that the gate refused: what a report marks beside those that became champion. */
import type { Refusal } from '../../core/monitor/page.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { findRun } from '../../core/runs/runs.ts';
import type { StepContext } from '../step.ts';

/** @param since ISO 8601; what was refused before is left out */
export async function refusalsSince(
  { definition, facts, asOf }: Pick<StepContext, 'definition' | 'facts' | 'asOf'>,
  since: string,
): Promise<Refusal[]> {
  const until = asOf.toISOString();
  const versions = (await createRegistry(facts).versions(definition.name)).filter(
    ({ createdAt }) => createdAt >= since && createdAt <= until,
  );
  const runs = await Promise.all(versions.map((version) => findRun(facts, version)));
  return versions.flatMap(({ createdAt: at, version }, place) => {
    const { outcome, gate = 'the gate refused it' } = runs[place]?.tags ?? {};
    return outcome === 'refused' ? [{ at, version, reason: gate }] : [];
  });
}
