/** How rows of the endpoint and events of the stream get their rolling features. */
import type { EventCompleter } from '../predict-events.ts';
import type { RowCompleter } from '../predict-rows.ts';
import { type RollingFeatureStore, withValues } from './rolling-values.ts';

/**
 * Rows of a request have the values as of their time, and count for nobody: what comes through the
 * stream does.
 *
 * @param at when the request arrived
 */
export function completerAt(
  store: RollingFeatureStore | undefined,
  at: Date,
): RowCompleter | undefined {
  if (!store) return undefined;
  const time = at.getTime();
  return async (read, signature) => {
    const rows = read.features.map((features, row) => ({ id: String(row), features, time }));
    return withValues(read, signature, await store.valuesOf(rows));
  };
}

/** Events that were accepted have their values, and count from then on. */
export function eventCompleter(store: RollingFeatureStore): EventCompleter {
  return async (events, features) => {
    const arrived = events.at(-1)?.record.arrivedAt;
    const happened = events.map(({ id, time }, row) => ({ id, time, features: features[row]! }));
    return arrived ? store.take(happened, arrived) : [];
  };
}
