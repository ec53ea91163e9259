import { describe, expect, it } from 'vitest';
import { type AcceptedEvent, afterAttempt } from '../../../../local/lambda/async-event.ts';

const now = new Date('2026-01-01T00:00:00Z');
const event: AcceptedEvent = {
  requestId: 'r',
  functionName: 'f',
  payload: '{}',
  acceptedAt: now.toISOString(),
  failures: 0,
  throttles: 0,
};

describe('afterAttempt', () => {
  it('ends with the first success', () => {
    expect(afterAttempt(event, 'succeeded', {}, now)).toMatchObject({ condition: 'Success' });
  });

  it('retries after one minute, then after two, then gives up', () => {
    const first = afterAttempt(event, 'failed', {}, now);
    const second = afterAttempt(first.event, 'failed', {}, now);
    const third = afterAttempt(second.event, 'failed', {}, now);

    // waits of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    expect(first).toMatchObject({ kind: 'retry', waitMs: 60_000 });
    expect(second).toMatchObject({ kind: 'retry', waitMs: 120_000 });
    expect(third).toMatchObject({ kind: 'end', condition: 'RetriesExhausted' });
    expect(third.event.failures).toBe(3);
  });

  it('gives up at once when no retries are allowed', () => {
    expect(afterAttempt(event, 'failed', { maximumRetryAttempts: 0 }, now)).toMatchObject({
      condition: 'RetriesExhausted',
    });
  });

  it('waits longer from throttle to throttle and does not count them as failures', () => {
    const first = afterAttempt(event, 'throttled', { maximumRetryAttempts: 0 }, now);
    const second = afterAttempt(first.event, 'throttled', { maximumRetryAttempts: 0 }, now);

    expect([first, second]).toMatchObject([{ waitMs: 1000 }, { waitMs: 2000 }]);
    expect(second.event.failures).toBe(0);
  });

  it('gives up an event that would be too old by its next attempt', () => {
    const configuration = { maximumAgeSeconds: 60 };
    const soon = new Date(now.getTime() + 1000);

    expect(afterAttempt(event, 'failed', configuration, soon)).toMatchObject({
      condition: 'EventAgeExceeded',
    });
  });
});
