/** Everything that happened to a model, in order: read off the facts, which are kept for good. */
import type { FactTable } from '../aws/facts.ts';
import { heldBackOf } from '../loop/alarms.ts';
import { readLoop } from '../loop/log.ts';
import { createRegistry } from '../registry/registry.ts';
import { createTrafficHistory } from '../registry/traffic.ts';
import { createRuns } from '../runs/runs.ts';
import { inOrder, type Period, type TimelineEntry } from './entry.ts';
import { entryOfHeldBack, entryOfLoop } from './of-loop.ts';
import { entryOfAlias, entryOfTraffic, entryOfVersion } from './of-registry.ts';
import { entriesOfRuns } from './of-runs.ts';

/** An alarm that began or ceased to ring, as CloudWatch remembers it for some weeks. */
export interface AlarmTransition {
  readonly at: Date;
  readonly alarm: string;
  readonly summary: string;
}

/**
 * Collects what the table knows, and alarms, which it does not.
 *
 * @param alarms in any order
 */
export async function timelineOf(
  facts: FactTable,
  model: string,
  alarms: readonly AlarmTransition[] = [],
  period: Period = {},
): Promise<TimelineEntry[]> {
  const registry = createRegistry(facts);
  const [champions, challengers] = await Promise.all(
    ['champion', 'challenger'].map((alias) => registry.history(model, alias)),
  );
  const entries = [
    // That a new alarm has its first data is nothing that happened to the model.
    ...alarms.filter(({ summary }) => summary.includes('ALARM')).map(entryOfAlarm),
    ...(await heldBackOf(facts, model)).map(entryOfHeldBack),
    ...(await readLoop(facts, model)).map(entryOfLoop),
    ...entriesOfRuns(await createRuns(facts).searchRuns(model)),
    ...(await registry.versions(model)).toReversed().map(entryOfVersion),
    ...(champions ?? []).map(entryOfAlias),
    ...(challengers ?? []).map(entryOfAlias),
    ...(await createTrafficHistory(facts).history(model)).map(entryOfTraffic),
  ];
  return inOrder(entries, period);
}

function entryOfAlarm({ at, alarm, summary }: AlarmTransition): TimelineEntry {
  return { at: at.toISOString(), kind: 'alarm', text: `${alarm}: ${summary}` };
}
