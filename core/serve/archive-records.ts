/** From a batch of the predictions stream to objects that a reader of S3 finds by day. */
import { gzipSync } from 'node:zlib';
import { layout } from '../model/layout.ts';
import type { StreamEvent } from './event.ts';
import { parseJson } from './json.ts';
import { isPlainObject } from './problems.ts';

export interface Archived {
  readonly key: string;
  /** Gzip of one record a line. */
  readonly body: Uint8Array;
  readonly rows: number;
}

export interface ArchivedBatch {
  readonly objects: readonly Archived[];
  /** Records that are no prediction records; something else wrote them. */
  readonly strangers: readonly StreamEvent[];
}

const SOURCES: ReadonlySet<unknown> = new Set(['online', 'stream', 'batch']);

/**
 * Groups records by the day and the source of their predictions. Keys name the first and the last
 * record, so the same batch gives the same objects, and a batch that was cut otherwise when it
 * came again loses nothing; a reader drops second copies by id.
 */
export function archiveRecords(model: string, events: readonly StreamEvent[]): ArchivedBatch {
  const groups = new Map<string, StreamEvent[]>();
  const strangers: StreamEvent[] = [];
  for (const event of events) {
    const place = placeOf(model, event);
    if (place === undefined) strangers.push(event);
    else if (groups.get(place)?.push(event) === undefined) groups.set(place, [event]);
  }
  const objects = [...groups].map(([place, group]) => ({
    key: `${place}-${group[0]!.shard}-${group[0]!.sequenceNumber}-${group.at(-1)!.sequenceNumber}.jsonl.gz`,
    body: gzipSync(Buffer.concat(group.flatMap(({ data }) => [data, NEWLINE]))),
    rows: group.length,
  }));
  return { objects, strangers };
}

const NEWLINE = Buffer.from('\n');

/** Folder and source of a record; undefined if it is none of this model. */
function placeOf(model: string, { data }: StreamEvent): string | undefined {
  let record: unknown;
  try {
    record = parseJson(data);
  } catch {
    return undefined;
  }
  if (!isPlainObject(record) || record['model'] !== model) return undefined;
  const { source, at } = record;
  if (!SOURCES.has(source) || typeof at !== 'string') return undefined;
  const day = at.slice(0, 10);
  return /^\d{4}-\d{2}-\d{2}$/.test(day)
    ? `${layout.predictionsOf(model, day)}${String(source)}`
    : undefined;
}
