/** Where events wait that could not be answered: one object a batch and day. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ObjectStore } from '../aws/objects.ts';
import { dayOf, layout } from '../model/layout.ts';
import type { QuarantinedEvent } from '../model/quarantine.ts';
import type { UnfitEvent } from './event.ts';

export interface Quarantine {
  /** Keeps events; the same ones leave one object, however often they come. */
  keep(events: readonly UnfitEvent[]): Promise<void>;
}

/** Problems that are kept of one event. */
const LISTED_PROBLEMS = 20;

export function quarantine(objects: Pick<ObjectStore, 'putIfAbsent'>, model: string): Quarantine {
  return {
    async keep(events) {
      const days = new Set(events.map(({ record }) => dayOf(record.arrivedAt)));
      for (const day of days) {
        const ofDay = events.filter(({ record }) => dayOf(record.arrivedAt) === day);
        const key = layout.quarantineOf(model, day) + nameOf(ofDay);
        const lines = ofDay.map((event) => `${JSON.stringify(lineOf(model, event))}\n`).join('');
        await objects.putIfAbsent(key, gzipSync(lines), 'application/gzip');
      }
    },
  };
}

/** By which events are in it and not by their number: a batch that comes again may hold fewer or more. */
function nameOf(events: readonly UnfitEvent[]): string {
  const { shard, sequenceNumber } = events[0]!.record;
  const places = events.map(({ record }) => record.place).join('\n');
  const hash = createHash('sha256').update(places).digest('hex').slice(0, 16);
  return `${shard}-${sequenceNumber}-${hash}.jsonl.gz`;
}

function lineOf(model: string, { record, id, reason, problems }: UnfitEvent): QuarantinedEvent {
  const { stream, shard, sequenceNumber, part, partitionKey, arrivedAt, data } = record;
  return {
    id,
    model,
    reason,
    problems: problems.slice(0, LISTED_PROBLEMS),
    stream,
    shard,
    sequenceNumber,
    ...(part !== undefined && { part }),
    partitionKey,
    arrivedAt: arrivedAt.toISOString(),
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  };
}
