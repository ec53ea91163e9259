/** How many shards, and calls at once, a rate of events needs. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Assumptions } from './assumptions.ts';

/** What one shard takes and gives: docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD = { recordsIn: 1000, bytesIn: 1024 * 1024, bytesOut: 2 * 1024 * 1024 } as const;

/** Share of a shard that is planned with: keys are never spread evenly, nor events over time. */
const PLANNED_SHARE = 0.7;

export interface Capacity {
  /** Of the events stream and of the predictions stream alike, which have the same keys. */
  readonly shards: number;
  /** What asks for the most shards. */
  readonly bound: 'records' | 'bytes in' | 'bytes out' | 'consumer';
  /** Calls of the consumer at once: one a shard. */
  readonly concurrency: number;
  /** Events in one call, on average. */
  readonly eventsPerCall: number;
  /** Calls of the consumer a second, over all shards. */
  readonly callsPerSecond: number;
  /** Events a second that one shard's consumer can do. */
  readonly consumerRate: number;
}

type Stream = Pick<
  NonNullable<ModelDefinition['serving']['stream']>,
  'batchSize' | 'windowSeconds'
>;

/** @param rate events a second */
export function capacityFor(rate: number, stream: Stream, assumptions: Assumptions): Capacity {
  const { batchMs, eventMs, eventBytes, recordBytes } = assumptions;
  const consumerRate = stream.batchSize / ((batchMs + stream.batchSize * eventMs) / 1000);
  const largest = Math.max(eventBytes, recordBytes);
  const needs: readonly (readonly [Capacity['bound'], number])[] = [
    ['records', rate / SHARD.recordsIn],
    ['bytes in', (rate * largest) / SHARD.bytesIn],
    // The archive reads the predictions, and leaves as much for readers of one's own.
    ['bytes out', (rate * recordBytes * 2) / SHARD.bytesOut],
    ['consumer', rate / consumerRate],
  ];
  const [bound, most] = needs.reduce((best, need) => (need[1] > best[1] ? need : best));
  const shards = Math.max(1, Math.ceil(most / PLANNED_SHARE));
  return { shards, bound, concurrency: shards, consumerRate, ...callsOf(rate, shards, stream) };
}

/** A call is made when a batch is full or its window has passed, whichever is first. */
export function callsOf(
  rate: number,
  shards: number,
  { batchSize, windowSeconds }: Stream,
): Pick<Capacity, 'eventsPerCall' | 'callsPerSecond'> {
  if (rate === 0) return { eventsPerCall: 0, callsPerSecond: 0 };
  const waited = (rate / shards) * Math.max(windowSeconds, 0.2);
  const eventsPerCall = Math.max(1, Math.min(batchSize, waited));
  return { eventsPerCall, callsPerSecond: rate / eventsPerCall };
}
