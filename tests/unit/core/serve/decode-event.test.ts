import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { EventMapping } from '../../../../core/model/stream.ts';
import { createEventDecoder } from '../../../../core/serve/decode-event.ts';
import type { DecodedEvent, StreamRecord, UnfitEvent } from '../../../../core/serve/event.ts';
import { aggregated } from '../../../fakes/aggregated-record.ts';
import { flight, flightDelay } from '../../../fakes/flight-model.ts';

const ARRIVED = Date.UTC(2001, 4, 1, 12);

function recordOf(data: unknown): StreamRecord {
  const plain = typeof data === 'string' || data instanceof Uint8Array;
  return {
    stream: 'flight-events',
    shard: 'shardId-000000000000',
    sequenceNumber: '44440',
    place: 'shardId-000000000000:44440',
    part: undefined,
    partitionKey: 'key',
    arrivedAt: new Date(ARRIVED),
    data: Buffer.from(plain ? data : JSON.stringify(data)),
  };
}

function decode(data: unknown, event: EventMapping = {}): (DecodedEvent | UnfitEvent)[] {
  const definition = flightDelay({ serving: { entity: 'origin', stream: { event } } });
  return createEventDecoder(definition).decode(recordOf(data));
}

const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);
const textOf = ({ data }: StreamRecord) => Buffer.from(data).toString();

describe('an event', () => {
  it('says what it is about and when it happened, or else its feature and its arrival do', () => {
    expect(decode(flight)).toMatchObject([{ entity: 'ATL', time: ARRIVED, features: flight }]);
    expect(decode({ ...flight, entity: 7, time: '2001-05-01T09:30:00+02:00' })).toMatchObject([
      { entity: '7', time: Date.UTC(2001, 4, 1, 7, 30) },
    ]);
    expect(decode({ ...flight, time: null, id: null })).toMatchObject([{ time: ARRIVED }]);
  });

  it('may be compressed', () => {
    expect(decode(gzipSync(JSON.stringify({ ...flight, id: 1 })))).toMatchObject([{ id: '1' }]);
  });

  it.each([
    ['cut short', gzipSync(JSON.stringify(flight)).subarray(0, 30), 'unexpected end of file'],
    ['larger than any record', gzipSync(Buffer.alloc(10 * 2 ** 20 + 1)), 'larger than'],
  ])('is unreadable as gzip that is %s', (_, data, why) => {
    const [event] = decode(data) as UnfitEvent[];

    expect(event).toMatchObject({ reason: 'unreadable', problems: [{ pointer: '' }] });
    expect(event?.problems[0]?.got).toContain(why);
  });
});

describe('an aggregated record', () => {
  const packed = aggregated([
    { key: 'a', data: JSON.stringify({ ...flight, id: 'first' }) },
    { key: 'b', data: JSON.stringify(flight) },
    { key: 'a', data: 'not JSON' },
    { key: 'b', data: gzipSync(JSON.stringify(flight)) },
  ]);

  it('is taken apart, each event under its own key and place', () => {
    const events = decode(packed);

    expect(events.map(({ record }) => [record.partitionKey, record.part])).toEqual([
      ['a', 0],
      ['b', 1],
      ['a', 2],
      ['b', 3],
    ]);
    expect(events.map((event) => ('reason' in event ? event.reason : 'fine'))).toEqual([
      'fine',
      'fine',
      'unreadable',
      'fine',
    ]);
    // printf 'flight-events/shardId-000000000000:44440:1' | sha256sum, with the bits of RFC 9562.
    expect(ids(events).slice(0, 2)).toEqual(['first', '45300679-76ee-8dbe-b10d-0159e8735671']);
    expect(new Set(ids(events)).size).toBe(4);
  });

  it('gives the same ids where one of its events comes again by itself', () => {
    const definition = flightDelay();
    const decoder = createEventDecoder(definition);
    const events = decoder.decode(recordOf(packed));

    const again = events.flatMap(({ record }) => decoder.decode(record));

    expect(ids(again)).toEqual(ids(events));
    expect(again.map(({ record }) => textOf(record))).toEqual(
      events.map(({ record }) => textOf(record)),
    );
  });

  it('is set aside whole if it is broken', () => {
    const broken = aggregated([{ key: 'a', data: 'x' }]);
    // The key's number, which the format has as two varints: field 1, key 0.
    const at = broken.indexOf(Buffer.from([8, 0]));
    broken[at + 1] = 5;

    createHash('md5')
      .update(broken.subarray(4, -16))
      .digest()
      .copy(broken, broken.length - 16);

    expect(decode(broken)).toMatchObject([
      { reason: 'unreadable', record: { part: undefined }, problems: [{ pointer: '' }] },
    ]);
  });
});

describe('a CloudEvent', () => {
  const head = { specversion: '1.0', type: 'departure', source: '/gates', id: 'event-1' };

  it('gives its own id, entity and time', () => {
    const time = '2001-05-01T09:30:00Z';

    expect(decode({ ...head, time, entity: 'DL 1', data: flight })).toMatchObject([
      { id: 'event-1', entity: 'DL 1', time: Date.parse(time), isCloudEvent: true },
    ]);
    expect(decode({ ...head, data: { ...flight, id: 'row' } })).toMatchObject([{ id: 'event-1' }]);
  });

  it('may carry a declared shape, whose id counts', () => {
    const event = { features: '/ride', id: '/ride_id' };

    expect(decode({ ...head, data: { ride: flight, ride_id: 256 } }, event)).toMatchObject([
      { id: '256', pointer: '/data/ride', features: flight },
    ]);
  });

  it('is unreadable where its data are bytes that are no JSON', () => {
    expect(decode({ ...head, data_base64: 'AAAA' })).toMatchObject([
      { id: 'event-1', reason: 'unreadable', problems: [{ pointer: '/data_base64' }] },
    ]);
  });
});

describe('a declared shape', () => {
  it('reads the rides of the MLOps Zoomcamp unchanged', () => {
    const event = { features: '/ride', id: '/ride_id' };

    expect(decode({ ride: flight, ride_id: 256 }, event)).toMatchObject([
      { id: '256', pointer: '/ride', features: flight, entity: 'ATL' },
    ]);
    expect(decode({ ride: [], ride_id: 256.5 }, event)).toMatchObject([
      {
        reason: 'not-an-event',
        problems: [
          { pointer: '/ride', got: 'an array of 0' },
          { pointer: '/ride_id', got: 'number 256.5' },
        ],
      },
    ]);
  });

  it('finds entity and time where they lie, and seconds where they are declared', () => {
    const event = {
      entity: '/meta/a~1b',
      time: '/meta/at',
      timeUnit: 'seconds',
    } as const;
    const content = { ...flight, meta: { 'a/b': 'DL 1', at: 988_709_400.5 } };
    const definition = flightDelay({ serving: { stream: { event } } });

    const decoder = createEventDecoder(definition);

    expect(decoder.decode(recordOf(content))).toMatchObject([
      { entity: 'DL 1', time: 988_709_400_500 },
    ]);
    expect([...decoder.beside].toSorted()).toEqual(['id', 'meta']);
  });

  it('may take a feature for the id', () => {
    expect(decode(flight, { id: '/origin' })).toMatchObject([{ id: 'ATL', features: flight }]);
  });
});
