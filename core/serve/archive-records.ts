/** From a batch of the predictions stream to objects that a reader of S3 finds by day. */
import { gzipSync } from 'node:zlib';
import { layout } from '../model/layout.ts';
import { SMOKE_ID } from '../model/records.ts';
import { isCloudEvent } from './cloud-event.ts';
import type { StreamRecord } from './event.ts';
import { parseJson } from './json.ts';
import { isPlainObject } from './problems.ts';

export interface Archived {
  readonly key: string;
  /** Gzip of one record a line. */
  readonly body: Uint8Array;
  /** Of the records in it; tells those of champion and shadow apart. */
  readonly ids: readonly string[];
}

export interface ArchivedBatch {
  readonly objects: readonly Archived[];
  /** Records that are no prediction records; something else wrote them. */
  readonly strangers: readonly StreamRecord[];
}

const SOURCES: ReadonlySet<unknown> = new Set(['online', 'stream', 'batch']);

/**
 * Groups records by the day and the source of their predictions, each id once. Keys name the first
 * and the last record, so the same batch gives the same objects; a reader drops copies that came
 * in another batch by their id.
 *
 * @param isKept says of an id that it was kept before. @default none was
 */
export function archiveRecords(
  model: string,
  records: readonly StreamRecord[],
  isKept: (id: string) => boolean = () => false,
): ArchivedBatch {
  const groups = new Map<string, Group>();
  const strangers: StreamRecord[] = [];
  for (const record of records) {
    const kept = readKept(model, record);
    if (kept === undefined) {
      strangers.push(record);
      continue;
    }
    if (kept === NOT_KEPT) continue;
    if (isKept(kept.id)) continue;
    const group = groups.get(kept.place) ?? { first: record, last: record, lines: new Map() };
    groups.set(kept.place, group);
    group.last = record;
    if (!group.lines.has(kept.id)) group.lines.set(kept.id, kept.line);
  }
  const objects = [...groups].map(([place, { first, last, lines }]) => ({
    key: `${place}-${first.shard}-${first.sequenceNumber}-${last.sequenceNumber}.jsonl.gz`,
    body: gzipSync(Buffer.concat([...lines.values()].flatMap((line) => [line, NEWLINE]))),
    ids: [...lines.keys()],
  }));
  return { objects, strangers };
}

interface Group {
  readonly first: StreamRecord;
  last: StreamRecord;
  readonly lines: Map<string, Uint8Array>;
}

interface Kept {
  /** Folder and source. */
  readonly place: string;
  /** Tells predictions of one id by champion and shadow apart. */
  readonly id: string;
  readonly line: Uint8Array;
}

const NEWLINE = Buffer.from('\n');

/** Of a prediction that only showed that the system lives. */
const NOT_KEPT = 'not kept';

/** Undefined for what is no prediction record of this model. */
function readKept(model: string, { data }: StreamRecord): Kept | typeof NOT_KEPT | undefined {
  let content: unknown;
  try {
    content = parseJson(data);
  } catch {
    return undefined;
  }
  if (!isPlainObject(content)) return undefined;
  // Answers to CloudEvents are such themselves; what is kept is the same for all.
  const inside = isCloudEvent(content);
  const record = inside ? content['data'] : content;
  if (!isPlainObject(record) || record['model'] !== model) return undefined;
  const { source, at, id, variant } = record;
  if (!SOURCES.has(source) || typeof at !== 'string') return undefined;
  if (typeof id === 'string' && id.startsWith(SMOKE_ID)) return NOT_KEPT;
  const day = at.slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  return {
    place: `${layout.predictionsOf(model, day)}${String(source)}`,
    id: `${String(variant)}/${String(id)}`,
    line: inside ? Buffer.from(JSON.stringify(record)) : data,
  };
}
