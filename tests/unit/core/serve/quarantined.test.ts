import { beforeEach, describe, expect, it } from 'vitest';
import { type UnfitEvent, placeOf } from '../../../../core/serve/event.ts';
import { quarantine } from '../../../../core/serve/quarantine.ts';
import {
  type Days,
  type QuarantinedDay,
  dismiss,
  markSettled,
  quarantinedDays,
} from '../../../../core/serve/quarantined.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';

const SHARD = 'shardId-000000000000';

function event(sequenceNumber: number, at = '2001-05-01T12:00:00.000Z', part?: number): UnfitEvent {
  return {
    record: {
      stream: 'events',
      shard: SHARD,
      sequenceNumber: String(sequenceNumber),
      place: placeOf({ shard: SHARD, sequenceNumber: String(sequenceNumber), part }),
      part,
      partitionKey: 'key',
      arrivedAt: new Date(at),
      data: Buffer.from('not JSON'),
    },
    id: `id-${sequenceNumber}`,
    reason: 'unreadable',
    problems: [{ pointer: '', got: '"n" at position 0', expected: 'JSON' }],
  };
}

let objects: ReturnType<typeof memoryObjects>;
beforeEach(() => {
  objects = memoryObjects();
});
const keep = (...events: readonly UnfitEvent[]) => quarantine(objects, 'churn').keep(events);

async function read(days?: Days): Promise<QuarantinedDay[]> {
  const found: QuarantinedDay[] = [];
  for await (const day of quarantinedDays(objects, 'churn', days)) found.push(day);
  return found;
}

const ids = (days: readonly QuarantinedDay[]) =>
  days.map(({ day, waiting }) => [day, ...waiting.map(({ id }) => id)]);

describe('quarantinedDays', () => {
  it('gives each event once, however the batches were cut that it came in', async () => {
    await keep(event(9), event(10), event(11));
    await keep(event(10), event(11));
    await keep(event(11, undefined, 0), event(11, undefined, 1));

    expect(ids(await read())).toEqual([['2001-05-01', 'id-9', 'id-10', 'id-11', 'id-11', 'id-11']]);
  });

  it('keeps an event that a batch has more when it comes again', async () => {
    await keep(event(1), event(3));
    await keep(event(1), event(2), event(3));

    expect(ids(await read())).toEqual([['2001-05-01', 'id-1', 'id-2', 'id-3']]);
  });

  it('goes by the days of arrival', async () => {
    await keep(
      event(1),
      event(2, '2001-05-02T00:00:00.000Z'),
      event(3, '2001-05-03T00:00:00.000Z'),
    );

    expect(ids(await read({ from: '2001-05-02' }))).toEqual([
      ['2001-05-02', 'id-2'],
      ['2001-05-03', 'id-3'],
    ]);
    expect(ids(await read({ from: '2001-05-02', to: '2001-05-02' }))).toEqual([
      ['2001-05-02', 'id-2'],
    ]);
  });

  it('passes over what was answered since, and leaves the objects as they are', async () => {
    await keep(event(1), event(2), event(3));
    const before = [...objects.objects];

    await markSettled(objects, 'churn', '2001-05-01', [`${SHARD}:1`]);
    await markSettled(objects, 'churn', '2001-05-01', [`${SHARD}:1`, `${SHARD}:3`]);
    await markSettled(objects, 'churn', '2001-05-01', []);

    expect(await read()).toMatchObject([{ waiting: [{ id: 'id-2' }], settled: 2 }]);
    expect([...objects.objects].slice(0, 1)).toEqual(before);
  });

  it('counts what was given up no more, and neither as answered', async () => {
    await keep(event(1), event(2), event(3));
    const by = { by: 'ann', at: '2001-05-02T08:00:00.000Z' };

    await markSettled(objects, 'churn', '2001-05-01', [`${SHARD}:1`]);
    await dismiss(objects, 'churn', '2001-05-01', {
      places: [`${SHARD}:1`, `${SHARD}:3`],
      because: 'a test of the producer',
      ...by,
    });

    const [day] = await read();
    expect(day?.waiting.map(({ id }) => id)).toEqual(['id-2']);
    expect(day).toMatchObject({ settled: 1, dismissed: 1 });
  });

  it('keeps why events were given up, and the events', async () => {
    await keep(event(1));
    const dismissal = {
      places: [`${SHARD}:1`],
      because: 'a test of the producer',
      by: 'ann',
      at: '2001-05-02T08:00:00.000Z',
    };

    await dismiss(objects, 'churn', '2001-05-01', dismissal);

    const keys = [...objects.objects.keys()];
    expect(keys.some((key) => key.endsWith('.jsonl.gz'))).toBe(true);
    const kept = keys.find((key) => key.includes('/dismissed-'));
    expect(JSON.parse(Buffer.from(await objects.get(kept!)).toString())).toEqual(dismissal);
  });

  it('finds nothing where nothing was ever wrong', async () => {
    expect(await read()).toEqual([]);
  });
});
