import { describe, expect, it } from 'vitest';
import {
  type OutgoingRecord,
  RecordsRefusedError,
  kinesisRecords,
} from '../../../../core/aws/predictions-stream.ts';

interface Request {
  readonly Records: readonly { readonly PartitionKey: string; readonly Data: Uint8Array }[];
}

/** A stream that answers request after request as told: which records it refuses, or an error. */
function stream(answers: readonly ((at: number) => boolean)[] = []) {
  const requests: Request[] = [];
  const waits: number[] = [];
  const send = async ({ input }: { readonly input: Request }) => {
    const refuses = answers[requests.length] ?? (() => false);
    requests.push(input);
    return {
      Records: input.Records.map((_, at) =>
        refuses(at)
          ? { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' }
          : { SequenceNumber: String(at), ShardId: 'shardId-000000000000' },
      ),
    };
  };
  const records = kinesisRecords('predictions', {
    client: { send } as never,
    sleep: async (ms) => waits.push(ms),
  });
  return { records, requests, waits };
}

function many(count: number, bytes = 1): OutgoingRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    partitionKey: `key-${at}`,
    data: new Uint8Array(bytes),
  }));
}

const keysOf = ({ Records }: Request) => Records.map(({ PartitionKey }) => PartitionKey);

describe('kinesisRecords', () => {
  it('sends nothing for no records', async () => {
    const { records, requests } = stream();

    await records.put([]);

    expect(requests).toEqual([]);
  });

  it('splits at 500 records, in order', async () => {
    const { records, requests } = stream();

    await records.put(many(1001));

    expect(requests.map(({ Records }) => Records.length)).toEqual([500, 500, 1]);
    expect(requests.flatMap(keysOf)).toEqual(many(1001).map(({ partitionKey }) => partitionKey));
  });

  it('splits at 5 MB, keys counted in', async () => {
    const { records, requests } = stream();

    // Ten records of half a MiB fill a request but for their keys.
    await records.put(many(10, 512 * 1024));

    expect(requests.map(({ Records }) => Records.length)).toEqual([9, 1]);
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
      client: {
        send: async () => {
          calls++;
          if (calls < 3) throw new Error('socket hang up');
          return { Records: [{}] };
        },
      } as never,
      sleep: async () => {},
    });

    await records.put(many(1));

    expect(calls).toBe(3);
  });
});
