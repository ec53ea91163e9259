import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import type { Call, Outcome } from '../../../../local/lambda/call.ts';
import { createPool, type PoolOptions } from '../../../../local/lambda/pool.ts';
import type { Sandbox } from '../../../../local/lambda/sandbox.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const call: Call = { requestId: 'r', functionArn: 'arn', payload: '{}' };
const problem: Outcome = { payload: '{"errorType":"Broken"}', failed: true, durationMs: 0 };

/** Sandboxes that run a call for 100 ms, or whatever a test says. */
function fakePool(changes: Partial<PoolOptions> = {}, fate: Partial<Sandbox> = {}) {
  const started: { calls: number; stopped: boolean }[] = [];
  const pool = createPool({
    clock: systemClock,
    functionName: 'f',
    limit: 2,
    startLimit: 2,
    queueMs: 1000,
    idleMs: 60_000,
    async start() {
      const own = { calls: 0, stopped: false };
      started.push(own);
      return {
        started: Promise.resolve(undefined),
        async invoke() {
          own.calls += 1;
          await new Promise((resolve) => setTimeout(resolve, 100));
          return { payload: String(started.indexOf(own)), failed: false, durationMs: 100 };
        },
        idle: async () => true,
        stop: async () => void (own.stopped = true),
        ...fate,
      };
    },
    ...changes,
  });
  return { pool, started };
}

async function settle<T>(promise: Promise<T>, ms: number): Promise<T> {
  const observed = promise.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(ms);
  await observed;
  return promise;
}

describe('a pool', () => {
  it('uses the same sandbox for one call after the other', async () => {
    const { pool, started } = fakePool();

    await settle(pool.run(call), 100);
    await settle(pool.run(call), 100);

    expect(started).toEqual([{ calls: 2, stopped: false }]);
  });

  it('starts more sandboxes for calls at the same time, up to its limit', async () => {
    const { pool, started } = fakePool();

    await settle(Promise.all([1, 2, 3, 4, 5].map(() => pool.run(call))), 300);

    expect(started).toHaveLength(2);
    expect(started.reduce((sum, { calls }) => sum + calls, 0)).toBe(5);
  });

  it('prefers the sandbox that was used last, so that others can retire', async () => {
    const { pool, started } = fakePool();
    await settle(Promise.all([pool.run(call), pool.run(call)]), 100);

    for (let minute = 0; minute < 3; minute += 1) await settle(pool.run(call), 40_000);

    expect(started.filter(({ stopped }) => stopped)).toHaveLength(1);
  });

  it('stops sandboxes that nobody calls', async () => {
    const { pool, started } = fakePool({ idleMs: 1000 });
    await settle(pool.run(call), 100);

    await vi.advanceTimersByTimeAsync(1001);

    expect(started).toEqual([{ calls: 1, stopped: true }]);
  });

  it('fails a call that found no free sandbox for too long', async () => {
    const { pool } = fakePool({ limit: 1, queueMs: 50 });
    const first = pool.run(call);
    await vi.advanceTimersByTimeAsync(1);

    await expect(settle(pool.run(call), 60)).rejects.toThrow(/'f' are busy/);
    await expect(settle(first, 100)).resolves.toMatchObject({ failed: false });
  });

  it('fails every call of a function that may have no sandbox', async () => {
    await expect(fakePool({ limit: 0 }).pool.run(call)).rejects.toThrow(/busy/);
  });

  it('fails one call for each sandbox that could not start', async () => {
    const { pool, started } = fakePool({ limit: 1 }, { started: Promise.resolve(problem) });

    const outcomes = await settle(Promise.all([pool.run(call), pool.run(call)]), 10);

    expect(outcomes).toEqual([problem, problem]);
    expect(started.map(({ stopped }) => stopped)).toEqual([true, true]);
  });

  it('replaces a sandbox that ended with its call', async () => {
    const { pool, started } = fakePool({ limit: 1 }, { idle: async () => false });

    await settle(pool.run(call), 100);
    await settle(pool.run(call), 100);

    expect(started).toEqual([
      { calls: 1, stopped: true },
      { calls: 1, stopped: true },
    ]);
  });
});
