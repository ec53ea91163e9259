import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../../../local/clock.ts';
import { type Bench, openBench } from './lambda-bench.ts';

/** A clock that stands still until it is told to run what waits. */
const waiting: { at: Date; action: () => void }[] = [];
const now = new Date('2026-01-01T00:00:00Z');
const clock: Clock = {
  passes: true,
  hold: () => () => undefined,
  now: () => now,
  at(at, action) {
    waiting.push({ at, action });
    return () => undefined;
  },
};

async function nextWait(): Promise<number> {
  const { at, action } = await vi.waitFor(
    () => {
      const next = waiting.shift();
      if (next === undefined) throw new Error('nothing waits');
      return next;
    },
    { timeout: 10_000, interval: 5 },
  );
  action();
  return (at.getTime() - now.getTime()) / 1000;
}

const queue = 'arn:aws:sqs:us-east-1:000000000000:dead-letters';
let bench: Bench;
let client: LambdaClient;
beforeAll(async () => {
  bench = await openBench({ clock });
  client = new LambdaClient({
    endpoint: bench.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const code = `let calls = 0;
    export const handler = async ({ failures }) => {
      calls += 1; console.log('call ' + calls);
      if (calls <= failures) throw new Error('not yet'); };`;
  await bench.add('recovering', code, { DeadLetterConfig: { TargetArn: queue } });
  await bench.add('failing', code, { DeadLetterConfig: { TargetArn: queue } });
});
afterAll(() => bench.close());

const send = (name: string, event: unknown) =>
  client.send(
    new InvokeCommand({
      FunctionName: name,
      InvocationType: 'Event',
      Payload: JSON.stringify(event),
    }),
  );

describe('an asynchronous event', () => {
  it('is accepted at once and delivered again after a failure', async () => {
    const { StatusCode } = await send('recovering', { failures: 1 });

    expect(StatusCode).toBe(202);
    expect(await nextWait()).toBe(60);
    await vi.waitFor(() => expect(bench.lines).toContain('call 2'), { timeout: 10_000 });
    expect(bench.sent).toEqual([]);
  });

  it('goes to the dead-letter queue after two retries', async () => {
    await send('failing', { failures: 99 });

    // waits of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    expect([await nextWait(), await nextWait()]).toEqual([60, 120]);
    await vi.waitFor(() => expect(bench.sent).toHaveLength(1), { timeout: 10_000 });
    expect(bench.sent[0]).toEqual({ arn: queue, body: '{"failures":99}' });
    expect(bench.lines.filter((line) => line === 'call 3')).toHaveLength(1);
  });
});
