import { describe, expect, it } from 'vitest';
import { ASSUMPTIONS, assume } from '../../../../core/cost/assumptions.ts';
import { callsOf, capacityFor } from '../../../../core/cost/capacity.ts';

const stream = { batchSize: 500, windowSeconds: 1 };

describe('capacityFor', () => {
  it('is one shard where hardly anything comes', () => {
    expect(capacityFor(1, stream, ASSUMPTIONS)).toMatchObject({ shards: 1, concurrency: 1 });
  });

  it('leaves three tenths of the thousand records free that a shard takes', () => {
    // 5,000 records are five full shards, and 7.1 that are seven tenths full.
    expect(capacityFor(5000, stream, ASSUMPTIONS)).toMatchObject({ shards: 8, bound: 'records' });
  });

  it('goes by bytes where records are large', () => {
    // 100 records of 35 KB are 3.34 MiB a second: Kinesis takes 1 MiB a shard.
    const large = assume(['eventBytes=35000']);

    expect(capacityFor(100, stream, large)).toMatchObject({ shards: 5, bound: 'bytes in' });
  });

  it('goes by the consumer where an event takes it long', () => {
    const slow = assume(['eventMs=10', 'batchMs=0']);

    // 100 events a second and shard, of which seventy are planned with.
    expect(capacityFor(140, stream, slow)).toMatchObject({ shards: 2, bound: 'consumer' });
  });
});

describe('callsOf', () => {
  it('waits for a window, and for no more than a batch', () => {
    expect(callsOf(100, 2, stream)).toEqual({ eventsPerCall: 50, callsPerSecond: 2 });
    expect(callsOf(10_000, 2, stream)).toEqual({ eventsPerCall: 500, callsPerSecond: 20 });
    expect(callsOf(0.01, 1, stream)).toEqual({ eventsPerCall: 1, callsPerSecond: 0.01 });
    expect(callsOf(0, 1, stream)).toEqual({ eventsPerCall: 0, callsPerSecond: 0 });
  });
});

describe('assume', () => {
  it('changes what it is told to', () => {
    expect(assume(['predictMs=8', 'keptMonths=0'])).toEqual({
      ...ASSUMPTIONS,
      predictMs: 8,
      keptMonths: 0,
    });
  });

  it.each(['predictMs=fast', 'predictMs=', 'latency=3', 'toString=3', 'predictMs=-1'])(
    'fails on %s, naming what there is',
    (change) => {
      expect(() => assume([change])).toThrow('There are: predictMs,');
    },
  );
});
