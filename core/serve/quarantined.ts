/** What waits in the quarantine, and what of it has been answered or given up since. */
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
  /** Events that somebody gave up. */
  readonly dismissed: number;
}

/** What is written down where events are given up, for they are not answered and not counted. */
export interface Dismissal {
  /** As `placeOf` gives it. */
  readonly places: readonly string[];
  /** In the words of whoever decided it. */
  readonly because: string;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
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
  for (const places of await marksIn<readonly string[]>(objects, keys, SETTLED)) {
    for (const place of places) settled.add(place);
  }
  const given = new Set<string>();
  for (const { places } of await marksIn<Dismissal>(objects, keys, DISMISSED)) {
    for (const place of places) given.add(place);
  }
  const events = new Map<string, QuarantinedEvent>();
  for (const key of keys.filter((one) => one.endsWith('.jsonl.gz'))) {
    for (const event of eventsIn(await objects.get(key))) {
      const place = placeOf(event);
      if (!events.has(place)) events.set(place, event);
    }
  }
  const open = [...events].filter(([place]) => !settled.has(place));
  const waiting = open.filter(([place]) => !given.has(place)).map(([, event]) => event);
  return {
    waiting: waiting.toSorted(byArrival),
    settled: events.size - open.length,
    dismissed: open.length - waiting.length,
  };
}

async function marksIn<Mark>(
  objects: Pick<ObjectStore, 'get'>,
  keys: readonly string[],
  kind: string,
): Promise<Mark[]> {
  const own = keys.filter((key) => key.slice(key.lastIndexOf('/') + 1).startsWith(kind));
  return Promise.all(
    own.map(async (key): Promise<Mark> =>
      JSON.parse(Buffer.from(await objects.get(key)).toString()),
    ),
  );
}

function eventsIn(object: Uint8Array): QuarantinedEvent[] {
  const lines = gunzipSync(object).toString().trimEnd().split('\n');
  return lines.map((line): QuarantinedEvent => JSON.parse(line));
}

function byArrival(one: QuarantinedEvent, other: QuarantinedEvent): number {
  const [a, b] = [one, other].map((event) => event.arrivedAt + event.sequenceNumber.padStart(64));
  return a! < b! ? -1 : Number(a! > b!);
}

const SETTLED = 'settled-';
const DISMISSED = 'dismissed-';

/** Takes note that events of a day were answered; what is in the quarantine stays as it is. */
export async function markSettled(
  objects: Pick<ObjectStore, 'putIfAbsent'>,
  model: string,
  day: string,
  places: readonly string[],
): Promise<void> {
  if (places.length > 0) await mark(objects, layout.quarantineOf(model, day) + SETTLED, places);
}

/** Takes note that nobody will mend some events of a day. They stay, to be looked up. */
export async function dismiss(
  objects: Pick<ObjectStore, 'putIfAbsent'>,
  model: string,
  day: string,
  dismissal: Dismissal,
): Promise<void> {
  await mark(objects, layout.quarantineOf(model, day) + DISMISSED, dismissal);
}

async function mark(
  objects: Pick<ObjectStore, 'putIfAbsent'>,
  prefix: string,
  content: unknown,
): Promise<void> {
  const text = JSON.stringify(content);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  await objects.putIfAbsent(`${prefix}${hash}.json`, text, 'application/json');
}
