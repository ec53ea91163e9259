/** Records, policies and a stream in memory for the tests of this folder. */
import type { DeliveryPolicy } from '../../../../local/event-source/configuration.ts';
import type { EventStream, Shard, StreamRecord } from '../../../../local/event-source/stream.ts';

export const arrival = new Date('2001-05-01T12:00:00Z');

/** Records numbered from `first` to `last`; number and sequence number are the same. */
export function records(
  first: number,
  last: number,
  changes: Partial<StreamRecord> = {},
): StreamRecord[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    sequenceNumber: String(first + index),
    partitionKey: `key-${(first + index) % 5}`,
    data: Buffer.from(String(first + index)).toString('base64'),
    arrivedAt: arrival,
    ...changes,
  }));
}

export const patient: DeliveryPolicy = {
  reportsItemFailures: false,
  bisects: false,
  maximumRetryAttempts: Infinity,
  maximumRecordAgeMs: Infinity,
};

export interface MemoryStream extends EventStream {
  put(shardId: string, added: readonly StreamRecord[]): void;
  setShards(shards: readonly Shard[]): void;
}

export function memoryStream(...shards: readonly Shard[]): MemoryStream {
  let current = shards;
  const kept = new Map<string, StreamRecord[]>();
  const listeners = new Set<() => void>();
  return {
    put(shardId, added) {
      kept.set(shardId, [...(kept.get(shardId) ?? []), ...added]);
      for (const listener of listeners) listener();
    },
    setShards: (changed) => void (current = changed),
    shards: async () => current,
    async read(_arn, shardId, after, limit) {
      const all = kept.get(shardId) ?? [];
      const next = all.findIndex(({ sequenceNumber }) => sequenceNumber === after) + 1;
      return all.slice(next, next + limit);
    },
    onArrival(_arn, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
