/** The log of a model's loop in the table: entry n+1 follows entry n, and none ever changes. */
import type { FactTable } from '../aws/facts.ts';
import { type Addition, asLoopEntry, type LoopEntry, type LoopState, stateOf } from './entries.ts';

/** Everything that the loop keeps of a model. */
export function partitionOf(model: string): string {
  return `loop#${model}`;
}

/** Oldest first. */
export async function readLoop(facts: FactTable, model: string): Promise<LoopEntry[]> {
  return (await facts.query(partitionOf(model), { sortPrefix: 'entry#' })).map(asLoopEntry);
}

export async function loopStateOf(facts: FactTable, model: string): Promise<LoopState> {
  return stateOf(await readLoop(facts, model));
}

/**
 * Adds what is decided of the state, if anything. Whoever loses the race for the place decides
 * again, of the state that the winner left: so no two can both act on the same one.
 *
 * @returns the entry; undefined if nothing was decided
 */
export async function decideNext(
  facts: FactTable,
  model: string,
  decide: (state: LoopState) => Addition | undefined,
): Promise<LoopEntry | undefined> {
  for (;;) {
    const state = await loopStateOf(facts, model);
    const addition = decide(state);
    if (addition === undefined) return undefined;
    const entry: LoopEntry = { ...addition, entry: state.entries + 1 };
    const sort = `entry#${String(entry.entry).padStart(8, '0')}`;
    if (await facts.putIfAbsent({ partition: partitionOf(model), sort, ...entry })) return entry;
  }
}
