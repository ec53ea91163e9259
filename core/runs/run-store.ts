/** Runs as facts: one a run, changed by whoever has seen its newest revision, and a log beside them. */
import { isDeepStrictEqual } from 'node:util';
import type { Fact, FactTable } from '../aws/facts.ts';
import { RunNotFoundError } from './errors.ts';
import type { Run } from './run.ts';
import { openRunIndex, type RunIndex } from './search.ts';
import { summaryOf, type RunSummary } from './summary.ts';

export interface RunName {
  readonly model: string;
  readonly runId: string;
}

export interface RunStore {
  readonly index: RunIndex;
  /** @throws {RunNotFoundError} */
  readonly get: (name: RunName) => Promise<Run>;
  /** Writes a run as it is; false if there is one of its id. */
  readonly add: (run: Run) => Promise<boolean>;
  /** Reads, changes and replaces; whoever loses the race reads again. @throws {RunNotFoundError} */
  readonly change: (name: RunName, next: (run: Run) => Run) => Promise<Run>;
}

export function openRunStore(facts: FactTable): RunStore {
  const index = openRunIndex(facts, partitionOf, async (model, runId) => {
    const fact = await facts.get(placeOf({ model, runId }));
    return fact && summaryOf(asRun(fact).run);
  });

  return {
    index,
    get: async (name) => (await read(facts, name)).run,

    async add(run) {
      if (await facts.get(placeOf(run))) return false;
      // Told first: a run that the log knows and the table does not is passed over; the other way
      // round it would never be found.
      await index.log(run.model).append(summaryOf(run));
      return facts.putIfAbsent({ ...placeOf(run), revision: 0, ...run });
    },

    async change(name, next) {
      const { before, after } = await replace(facts, name, next);
      const [was, is] = [summaryOf(before), summaryOf(after)];
      if (isNews(was, is)) await index.log(name.model).append(is);
      return after;
    },
  };
}

/**
 * What a search has to be told: everything of a run that has ended; of one that is under way what
 * is new, but not each next value of a metric, for which the newest runs are asked.
 */
function isNews(was: RunSummary, is: RunSummary): boolean {
  if (was.status !== 'running' || is.status !== 'running') return !isDeepStrictEqual(was, is);
  return (
    !isDeepStrictEqual(was.parameters, is.parameters) ||
    !isDeepStrictEqual(was.tags, is.tags) ||
    Object.keys(was.metrics).length !== Object.keys(is.metrics).length
  );
}

async function replace(
  facts: FactTable,
  name: RunName,
  next: (run: Run) => Run,
): Promise<{ before: Run; after: Run }> {
  for (;;) {
    const { run, revision } = await read(facts, name);
    const after = next(run);
    const fact = { ...placeOf(name), ...after, revision: revision + 1 };
    if (await facts.replace(fact, revision)) return { before: run, after };
  }
}

async function read(facts: FactTable, name: RunName): Promise<{ run: Run; revision: number }> {
  const fact = await facts.get(placeOf(name));
  if (!fact) throw new RunNotFoundError(name.model, name.runId);
  return asRun(fact);
}

function asRun(fact: Fact): { run: Run; revision: number } {
  const { partition: _, sort, revision, ...run } = fact;
  if (typeof revision !== 'number' || !isRun(run)) {
    throw new TypeError(`fact '${sort}' is not a run; something else than Tidemill wrote it`);
  }
  return { run: { ...LATER_PARTS, ...run }, revision };
}

/** What runs did not have when the first ones were written down. */
const LATER_PARTS = { cost: {}, checks: [], artifacts: [], environment: {} };

function isRun(fact: object): fact is Run {
  return 'runId' in fact && 'status' in fact && 'startedAt' in fact && 'metrics' in fact;
}

function placeOf({ model, runId }: RunName) {
  return { partition: partitionOf(model), sort: `run#${runId}` };
}

function partitionOf(model: string): string {
  return `experiment#${model}`;
}
