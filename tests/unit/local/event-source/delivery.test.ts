import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { DeliveryPolicy } from '../../../../local/event-source/configuration.ts';
import { deliver } from '../../../../local/event-source/delivery.ts';
import type { StreamRecord } from '../../../../local/event-source/stream.ts';
import type { Answer } from '../../../../local/event-source/verdict.ts';
import { arrival, patient, records } from './records.ts';

type Handler = (numbers: number[]) => unknown;

/** Delivers to a handler that may throw, and tells all that was seen of it. */
async function run(
  sent: readonly StreamRecord[],
  policy: Partial<DeliveryPolicy>,
  handler: Handler,
  now = arrival,
) {
  const seen = {
    calls: [] as number[][],
    taken: [] as number[],
    discarded: [] as { numbers: number[]; condition: string; failures: number }[],
    checkpoints: [] as number[],
    pauses: [] as number[],
  };
  const abort = new AbortController();
  await deliver(
    sent,
    { ...patient, ...policy },
    {
      signal: abort.signal,
      now: () => now,
      pause: async (ms) => void seen.pauses.push(ms),
      advance: (sequenceNumber) => void seen.checkpoints.push(Number(sequenceNumber)),
      discard: async (batch, condition) =>
        void seen.discarded.push({
          numbers: toNumbers(batch.records),
          condition,
          failures: batch.failures,
        }),
      async invoke(batch): Promise<Answer> {
        seen.calls.push(toNumbers(batch));
        try {
          const result = handler(toNumbers(batch));
          seen.taken.push(...toNumbers(batch));
          return { kind: 'answered', failed: false, payload: JSON.stringify(result ?? null) };
        } catch {
          return { kind: 'answered', failed: true, payload: '{}' };
        }
      },
    },
  );
  return { ...seen, abort };
}

const toNumbers = (batch: readonly StreamRecord[]): number[] =>
  batch.map(({ sequenceNumber }) => Number(sequenceNumber));

const poisoned =
  (...poison: number[]): Handler =>
  (numbers) => {
    if (numbers.some((number) => poison.includes(number))) throw new Error('poison');
  };

const reporting =
  (...poison: number[]): Handler =>
  (numbers) => ({
    batchItemFailures: numbers
      .filter((number) => poison.includes(number))
      .map((number) => ({ itemIdentifier: String(number) })),
  });

describe('deliver', () => {
  it('calls once for a batch that is taken, and moves the checkpoint to its end', async () => {
    const { calls, checkpoints, pauses } = await run(records(1, 3), {}, () => undefined);

    expect(calls).toEqual([[1, 2, 3]]);
    expect(checkpoints).toEqual([3]);
    expect(pauses).toEqual([]);
  });

  it('tries again with longer and longer pauses until the function takes the batch', async () => {
    let left = 4;
    const { calls, pauses, checkpoints } = await run(records(1, 2), {}, () => {
      left -= 1;
      if (left > 0) throw new Error('not yet');
    });

    expect(calls).toHaveLength(4);
    // doubling from 200 ms
    expect(pauses).toEqual([200, 400, 800]);
    expect(checkpoints).toEqual([2]);
  });

  it('isolates a poison record by halving, and delivers all others in order', async () => {
    const policy = { bisects: true, maximumRetryAttempts: 1 };
    const { taken, discarded, checkpoints } = await run(records(1, 8), policy, poisoned(3));

    expect(taken).toEqual([1, 2, 4, 5, 6, 7, 8]);
    // called once, retried once
    expect(discarded).toEqual([{ numbers: [3], condition: 'RetryAttemptsExhausted', failures: 2 }]);
    expect(checkpoints.at(-1)).toBe(8);
  });

  it('isolates reported records and sends the rest but once', async () => {
    const policy = { bisects: true, reportsItemFailures: true, maximumRetryAttempts: 2 };
    const { discarded, checkpoints } = await run(records(1, 20), policy, reporting(7, 15));

    expect(discarded.map(({ numbers }) => numbers)).toEqual([[7], [15]]);
    expect(checkpoints.at(-1)).toBe(20);
  });

  it('discards the rest of the batch with the failed record when it may not cut', async () => {
    const policy = { reportsItemFailures: true, maximumRetryAttempts: 1 };
    const { calls, discarded } = await run(records(1, 5), policy, reporting(3));

    expect(calls).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
    ]);
    expect(discarded).toEqual([
      { numbers: [3, 4, 5], condition: 'RetryAttemptsExhausted', failures: 2 },
    ]);
  });

  it('discards records that are too old without calling the function', async () => {
    const [old, ...young] = records(1, 3);
    const aged = [
      { ...old, arrivedAt: new Date(arrival.getTime() - 61_000) } as StreamRecord,
      ...young,
    ];
    const { calls, discarded } = await run(aged, { maximumRecordAgeMs: 60_000 }, () => undefined);

    expect(calls).toEqual([[2, 3]]);
    expect(discarded).toEqual([{ numbers: [1], condition: 'RecordAgeExceeded', failures: 0 }]);
  });

  it('loses no record and never turns the checkpoint back, whatever is poison', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 40 })),
        fc.boolean(),
        async (size, poison, reports) => {
          const policy = { bisects: true, reportsItemFailures: reports, maximumRetryAttempts: 1 };
          const handler = reports ? reporting(...poison) : poisoned(...poison);
          const { calls, discarded, checkpoints } = await run(records(1, size), policy, handler);

          const lost = discarded.flatMap(({ numbers }) => numbers);
          const expected = poison.filter((number) => number <= size).toSorted((a, b) => a - b);
          expect(lost).toEqual(expected);
          expect(new Set(calls.flat()).size).toBe(size);
          expect(checkpoints).toEqual(checkpoints.toSorted((a, b) => a - b));
          expect(checkpoints.at(-1)).toBe(size);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    { end: 'takes note of a call that succeeded', failed: false, expected: ['2'] },
    { end: 'does not count a call that failed', failed: true, expected: [] },
  ])('$end while the region ends, and sends nothing more', async ({ failed, expected }) => {
    const abort = new AbortController();
    const checkpoints: string[] = [];
    let calls = 0;
    await deliver(
      records(1, 2),
      { ...patient, maximumRetryAttempts: 0, bisects: true },
      {
        signal: abort.signal,
        now: () => arrival,
        pause: async () => undefined,
        advance: (sequenceNumber) => void checkpoints.push(sequenceNumber),
        discard: () => Promise.reject(new Error('nothing is to be discarded')),
        async invoke() {
          calls += 1;
          abort.abort();
          return { kind: 'answered', failed, payload: 'null' };
        },
      },
    );

    expect(checkpoints).toEqual(expected);
    expect(calls).toBe(1);
  });
});
