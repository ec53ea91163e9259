import { describe, expect, it } from 'vitest';
import {
  type OutgoingRecord,
  type PutRecords,
  type RecordStreamOptions,
  RecordsRefusedError,
  kinesisRecords,
} from '../../../../core/aws/predictions-stream.ts';

/** A stream that answers request after request as told: which records it refuses, or an error. */
function stream(
  answers: readonly ((at: number) => boolean)[] = [],
  options: Pick<RecordStreamOptions, 'inOrder' | 'onRefused'> = {},
) {
  const requests: (readonly OutgoingRecord[])[] = [];
  const waits: number[] = [];
  const send: PutRecords = async (_stream, put) => {
    const refuses = answers[requests.length] ?? (() => false);
    requests.push(put);
    return put.map((_, at) =>
      refuses(at)
        ? { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' }
        : {},
    );
  };
  const records = kinesisRecords('predictions', {
    send,
    sleep: async (ms) => waits.push(ms),
    ...options,
  });
  return { records, requests, waits };
}

function many(count: number, bytes = 1): OutgoingRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    partitionKey: `key-${at}`,
    data: new Uint8Array(bytes),
  }));
}

/** One record for each letter, the letter its partition key and its place its data. */
function keyed(letters: string): OutgoingRecord[] {
  return letters.split('').map((partitionKey, at) => ({ partitionKey, data: Uint8Array.of(at) }));
}

const placesOf = (put: readonly OutgoingRecord[]) => put.map(({ data }) => data[0]);

const keysOf = (put: readonly OutgoingRecord[]) => put.map(({ partitionKey }) => partitionKey);

describe('kinesisRecords', () => {
  it('sends nothing for no records', async () => {
    const { records, requests } = stream();

    await records.put([]);

    expect(requests).toEqual([]);
  });

  it('splits at 500 records, in order', async () => {
    const { records, requests } = stream();

    await records.put(many(1001));

    expect(requests.map((put) => put.length)).toEqual([500, 500, 1]);
    expect(requests.flatMap(keysOf)).toEqual(many(1001).map(({ partitionKey }) => partitionKey));
  });

  it('splits at 5 MB, keys counted in', async () => {
    const { records, requests } = stream();

    // Ten records of half a MiB fill a request but for their keys.
    await records.put(many(10, 512 * 1024));

    expect(requests.map((put) => put.length)).toEqual([9, 1]);
  });

  it('tries only refused records again, waiting longer each time', async () => {
    const { records, requests, waits } = stream([(at) => at % 2 === 1, (at) => at === 0]);

    await records.put(many(5));

    expect(requests.map(keysOf)).toEqual([
      ['key-0', 'key-1', 'key-2', 'key-3', 'key-4'],
      ['key-1', 'key-3'],
      ['key-1'],
    ]);
    expect(waits).toEqual([50, 100]);
  });

  it('fails after six attempts and names the records that are not in', async () => {
    const closed = stream(Array.from({ length: 6 }, () => () => true));
    const refused = await closed.records.put(many(3)).catch((cause: unknown) => cause);
    expect(closed.requests).toHaveLength(6);
    expect(refused).toBeInstanceOf(RecordsRefusedError);
    expect((refused as RecordsRefusedError).refused).toEqual([0, 1, 2]);
    expect((refused as RecordsRefusedError).message).toContain('slow down');
  });

  it('counts a request that fails as refused, and tries it again', async () => {
    let calls = 0;
    const records = kinesisRecords('predictions', {
      send: async () => {
        calls++;
        if (calls < 3) throw new Error('socket hang up');
        return [{}];
      },
      sleep: async () => {},
    });

    await records.put(many(1));

    expect(calls).toBe(3);
  });
});

describe('kinesisRecords in order', () => {
  it('has a key once in a request, and all keys in the first', async () => {
    const { records, requests } = stream([], { inOrder: true });

    await records.put(keyed('ABACAB'));

    expect(requests.map(placesOf)).toEqual([[0, 1, 3], [2, 5], [4]]);
  });

  it('puts nothing behind a record before that record is in', async () => {
    const { records, requests } = stream([(at) => at === 0], { inOrder: true });

    await records.put(keyed('ABAB'));

    expect(requests.map(placesOf)).toEqual([[0, 1], [0], [2, 3]]);
  });

  it('holds back all behind a record that is refused for good, and only that', async () => {
    const { records, requests } = stream(
      Array.from({ length: 6 }, () => (at: number) => at === 0),
      { inOrder: true },
    );

    const refused = await records.put(keyed('ABABAB')).catch((cause: unknown) => cause);

    expect((refused as RecordsRefusedError).refused).toEqual([0, 2, 4]);
    expect(requests.slice(6).map(placesOf)).toEqual([[3], [5]]);
  });

  it('tells how many were refused', async () => {
    const refused: number[] = [];
    const { records } = stream([(at) => at > 0, (at) => at > 0], {
      onRefused: (count) => refused.push(count),
    });

    await records.put(many(4));

    expect(refused).toEqual([3, 2]);
  });
});
