/**
 * A log of what became of a model's runs, from which any reader keeps an index that is cheap to
 * bring up to date: entry n+1 follows entry n, and none ever changes. A thousand entries at a time
 * are also kept as one fact, with the newest word on each run, so that a reader who knows nothing yet reads some dozens of facts
 * rather than tens of thousands.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Fact, FactTable } from '../aws/facts.ts';
import type { RunSummary } from './summary.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Entries in a segment. */
export const SEGMENT = 1000;

/** DynamoDB keeps no item above 400 KB; a segment that would be larger stays single entries. */
const LARGEST_SEGMENT = 380_000;

export interface RunLog {
  /** Adds the next entry; whoever loses the race for a place takes the one after. */
  append(summary: RunSummary): Promise<void>;
  /** Entries behind the first `known`, in order. */
  read(known: number): Promise<{ readonly summaries: RunSummary[]; readonly known: number }>;
}

export function openRunLog(facts: FactTable, partition: string): RunLog {
  const entriesAfter = async (known: number): Promise<RunSummary[]> =>
    (await facts.query(partition, { sortPrefix: 'log#', after: entrySort(known) })).map(asSummary);

  const lastEntry = async (): Promise<number> => {
    const [fact] = await facts.query(partition, {
      sortPrefix: 'log#',
      descending: true,
      limit: 1,
    });
    return fact === undefined ? 0 : numberOf(fact.sort);
  };

  const lastSegment = async (): Promise<number> => {
    const [fact] = await facts.query(partition, {
      sortPrefix: 'segment#',
      descending: true,
      limit: 1,
    });
    return fact === undefined ? 0 : numberOf(fact.sort);
  };

  /** What a writer that was killed left out is made good by the one that ends the next segment. */
  const seal = async (upTo: number): Promise<void> => {
    const from = await lastSegment();
    if (from >= upTo) return;
    const summaries = await entriesAfter(from * SEGMENT);
    for (let segment = from; segment < upTo; segment++) {
      const start = (segment - from) * SEGMENT;
      const newest = new Map(
        summaries.slice(start, start + SEGMENT).map((summary) => [summary.runId, summary]),
      );
      const text = JSON.stringify([...newest.values()]);
      const packed = (await pack(text)).toString('base64');
      if (packed.length > LARGEST_SEGMENT) return;
      await facts.putIfAbsent({ partition, sort: segmentSort(segment + 1), packed });
    }
  };

  return {
    async append(summary) {
      for (let place = (await lastEntry()) + 1; ; place++) {
        if (!(await facts.putIfAbsent({ partition, sort: entrySort(place), summary }))) continue;
        if (place % SEGMENT === 0) await seal(place / SEGMENT);
        return;
      }
    },

    async read(known) {
      const after = Math.floor(known / SEGMENT);
      const segments =
        known % SEGMENT === 0
          ? await facts.query(partition, { sortPrefix: 'segment#', after: segmentSort(after) })
          : [];
      const packed = await Promise.all(segments.map(({ packed: text }) => unpacked(text)));
      const sealed = known + packed.length * SEGMENT;
      const rest = await entriesAfter(sealed);
      return { summaries: [...packed.flat(), ...rest], known: sealed + rest.length };
    },
  };
}

async function unpacked(text: unknown): Promise<RunSummary[]> {
  const bytes = await unpack(Buffer.from(String(text), 'base64'));
  const summaries: RunSummary[] = JSON.parse(bytes.toString());
  return summaries;
}

function asSummary({ sort, summary }: Fact): RunSummary {
  if (isSummary(summary)) return summary;
  throw new TypeError(`fact '${sort}' is no summary of a run; something else wrote it`);
}

function isSummary(value: unknown): value is RunSummary {
  return typeof value === 'object' && value !== null && 'runId' in value && 'metrics' in value;
}

function entrySort(place: number): string {
  return `log#${String(place).padStart(10, '0')}`;
}

function segmentSort(segment: number): string {
  return `segment#${String(segment).padStart(8, '0')}`;
}

function numberOf(sort: string): number {
  return Number(sort.slice(sort.indexOf('#') + 1));
}
