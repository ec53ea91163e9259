/** Which port each Function URL listens on: the same after every restart. */
import { join } from 'node:path';
import { openStore } from '../../store.ts';

/** Gives the port of a Function URL by the logical id of its resource. */
export type UrlPorts = (logicalId: string) => number;

/**
 * Returns the ports of the Function URLs. New ones get the lowest free port above the region's
 * own, in the order of their logical ids; a URL that is gone keeps its port for when it comes back.
 *
 * @param basePort the region's port; 0 leaves every URL to the system's choice
 */
export function assignUrlPorts(
  stateFolder: string,
  basePort: number,
  logicalIds: readonly string[],
): UrlPorts {
  if (basePort === 0) return () => 0;
  const store = openStore<number>(join(stateFolder, 'lambda', `url-ports-from-${basePort}.jsonl`));
  const taken = new Set(store.values());
  let next = basePort + 1;
  for (const logicalId of logicalIds.toSorted()) {
    if (store.has(logicalId)) continue;
    while (taken.has(next)) next += 1;
    taken.add(next);
    store.set(logicalId, next);
  }
  const ports = new Map(logicalIds.map((logicalId) => [logicalId, store.get(logicalId) ?? 0]));
  store.close();
  return (logicalId) => ports.get(logicalId) ?? 0;
}
