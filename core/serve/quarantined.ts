/** What waits in the quarantine, and what of it has been answered since. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ObjectStore } from '../aws/objects.ts';
import { layout } from '../model/layout.ts';
import type { QuarantinedEvent } from '../model/quarantine.ts';
import { placeOf } from './event.ts';

export interface QuarantinedDay {
  /** On which the events arrived: '2001-05-03', UTC. */
  readonly day: string;
  /** Each once, in the order of their arrival. */
  readonly waiting: readonly QuarantinedEvent[];
  /** Events that were answered since. */
  readonly settled: number;
}

/** Both included. */
export interface Days {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads the quarantine of a model.
 *
 * @yields one day after the other, from the oldest on
 */
export async function* quarantinedDays(
  objects: Pick<ObjectStore, 'list' | 'get'>,
  model: string,
  { from = '', to = '9999' }: Days = {},
): AsyncGenerator<QuarantinedDay> {
  const listed = await objects.list(layout.quarantine(model));
  const days = new Set(listed.map(({ key }) => /\/dt=([^/]+)\//.exec(key)?.[1] ?? ''));
  for (const day of [...days].toSorted()) {
    if (day === '' || day < from || day > to) continue;
    const prefix = layout.quarantineOf(model, day);
    const ofDay = listed.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => key);
    yield { day, ...(await readDay(objects, ofDay)) };
  }
}

async function readDay(
  objects: Pick<ObjectStore, 'get'>,
  keys: readonly string[],
): Promise<Omit<QuarantinedDay, 'day'>> {
  const settled = new Set<string>();
  for (const key of keys.filter(isMark)) {
    const places: string[] = JSON.parse(Buffer.from(await objects.get(key)).toString());
    for (const place of places) settled.add(place);
  }
  const waiting = new Map<string, QuarantinedEvent>();
  let answered = 0;
  const seen = new Set<string>();
  for (const key of keys.filter((one) => one.endsWith('.jsonl.gz'))) {
    for (const event of eventsIn(await objects.get(key))) {
      const place = placeOf(event);
      if (seen.has(place)) continue;
      seen.add(place);
      if (settled.has(place)) answered++;
      else waiting.set(place, event);
    }
  }
  return { waiting: [...waiting.values()].toSorted(byArrival), settled: answered };
}

function eventsIn(object: Uint8Array): QuarantinedEvent[] {
  const lines = gunzipSync(object).toString().trimEnd().split('\n');
  return lines.map((line): QuarantinedEvent => JSON.parse(line));
}

function byArrival(one: QuarantinedEvent, other: QuarantinedEvent): number {
  const [a, b] = [one, other].map((event) => event.arrivedAt + event.sequenceNumber.padStart(64));
  return a! < b! ? -1 : Number(a! > b!);
}

const MARK = 'settled-';

function isMark(key: string): boolean {
  return key.slice(key.lastIndexOf('/') + 1).startsWith(MARK);
}

/** Takes note that events of a day were answered; what is in the quarantine stays as it is. */
export async function markSettled(
  objects: Pick<ObjectStore, 'putIfAbsent'>,
  model: string,
  day: string,
  places: readonly string[],
): Promise<void> {
  if (places.length === 0) return;
  const text = JSON.stringify(places);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const key = `${layout.quarantineOf(model, day)}${MARK}${hash}.json`;
  await objects.putIfAbsent(key, text, 'application/json');
}
