/** Searching the runs of a model in memory, over an index that is brought up to date each time. */
import type { FactTable } from '../aws/facts.ts';
import { FilterError } from './errors.ts';
import { type Field, fieldOf, FIELDS, type FieldValue } from './fields.ts';
import { parseFilter } from './filter.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import type { RunSummary } from './summary.ts';

export interface RunSearch {
  /** Such as `metrics.auc > 0.7 and params.leaves = 63`. @default every run */
  readonly filter?: string;
  /** Such as `metrics.auc desc`, several with commas. @default newest start first */
  readonly sort?: string;
  /** @default all */
  readonly limit?: number;
}

/** What a reader has learned of a model's runs so far. */
interface Known {
  entries: number;
  readonly runs: Map<string, RunSummary>;
}

/** Runs that are under way and read anew for each search, at most; the ones started last. */
const FRESH_RUNS = 100;

export interface RunIndex {
  readonly log: (model: string) => RunLog;
  /** @throws {FilterError} */
  search(model: string, search: RunSearch): Promise<RunSummary[]>;
}

/** @param fresh reads what a run is now; undefined if there is none */
export function openRunIndex(
  facts: FactTable,
  partitionOf: (model: string) => string,
  fresh: (model: string, runId: string) => Promise<RunSummary | undefined>,
): RunIndex {
  const models = new Map<string, Known>();
  const log = (model: string): RunLog => openRunLog(facts, partitionOf(model));

  const upToDate = async (model: string): Promise<RunSummary[]> => {
    const known = models.get(model) ?? { entries: 0, runs: new Map<string, RunSummary>() };
    models.set(model, known);
    const read = await log(model).read(known.entries);
    // Another search may have gone further meanwhile.
    if (read.known > known.entries) {
      for (const summary of read.summaries) known.runs.set(summary.runId, summary);
      known.entries = read.known;
    }
    await refresh(model, known);
    return [...known.runs.values()];
  };

  /** While it runs, the log has the first value of each metric of a run; the newest it has itself. */
  const refresh = async (model: string, { runs }: Known): Promise<void> => {
    const running = [...runs.values()].filter(({ status }) => status === 'running');
    await Promise.all(
      running.slice(-FRESH_RUNS).map(async ({ runId }) => {
        const now = await fresh(model, runId);
        if (now === undefined) runs.delete(runId);
        else runs.set(runId, now);
      }),
    );
  };

  return {
    log,
    search: async (model, { filter = '', sort = 'startedAt desc', limit }) => {
      const matches = parseFilter(filter);
      const order = parseSort(sort);
      return (await upToDate(model)).filter(matches).toSorted(order).slice(0, limit);
    },
  };
}

/** Runs without the value come last, whichever way it goes; equal ones in the order of their ids. */
export function parseSort(sort: string): (a: RunSummary, b: RunSummary) => number {
  const keys = sort.split(',').map((part) => {
    const [, name = '', direction = 'asc'] = /^\s*(\S+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? [];
    const field = fieldOf(name);
    if (field === undefined) {
      throw new FilterError(
        sort,
        Math.max(0, sort.indexOf(part.trim())),
        `order by one of ${FIELDS}`,
      );
    }
    return { field, sign: direction.toLowerCase() === 'desc' ? -1 : 1 };
  });
  return (a, b) => {
    for (const { field, sign } of keys) {
      const order = compareBy(field, a, b, sign);
      if (order !== 0) return order;
    }
    return a.runId < b.runId ? -1 : 1;
  };
}

function compareBy(field: Field, a: RunSummary, b: RunSummary, sign: number): number {
  const [first, second] = [field(a), field(b)];
  if (first === second) return 0;
  if (first === undefined) return 1;
  if (second === undefined) return -1;
  return sign * (isBelow(first, second) ? -1 : 1);
}

function isBelow(a: NonNullable<FieldValue>, b: NonNullable<FieldValue>): boolean {
  return typeof a === typeof b ? a < b : String(a) < String(b);
}
