import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScheduler, type Scheduler } from '../../../../local/scheduler/scheduler.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

describe('scheduler', () => {
  let folder: string;
  let calls: { target: string; input: unknown }[];
  let sent: string[];
  let refuse: boolean;
  let scheduler: Scheduler;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-scheduler-'));
    calls = [];
    sent = [];
    refuse = false;
  });
  afterEach(() => {
    scheduler.close();
    rmSync(folder, { recursive: true });
  });

  async function boot(clock: VirtualClock, change: Record<string, unknown> = {}): Promise<void> {
    scheduler = createScheduler({
      stateFolder: folder,
      place,
      clock,
      asyncFunctions: {
        accept(target, payload) {
          if (refuse) throw new Error('no such function');
          calls.push({ target, input: JSON.parse(payload) });
        },
      },
      queues: { send: async (_, body) => void sent.push(body) },
    });
    await scheduler.hosts[0]?.create({
      logicalId: 'Nightly',
      type: 'AWS::Scheduler::Schedule',
      defaultName: 'nightly',
      properties: {
        ScheduleExpression: 'cron(0 3 * * ? *)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: 'arn:aws:lambda:us-east-1:000000000000:function:pipeline',
          Input: '{"at":"<aws.scheduler.scheduled-time>","try":<aws.scheduler.attempt-number>}',
          RetryPolicy: { MaximumRetryAttempts: 0 },
          DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:failed' },
        },
        ...change,
      },
    });
    scheduler.start();
  }

  it('calls the function at its times with the context filled in', async () => {
    const clock = createVirtualClock('2026-11-24T12:00:00Z');
    await boot(clock);

    clock.advanceTo('2026-11-26T12:00:00Z');
    await scheduler.idle();

    expect(calls.map(({ input }) => input)).toEqual([
      { at: '2026-11-25T03:00:00Z', try: 1 },
      { at: '2026-11-26T03:00:00Z', try: 1 },
    ]);
  });

  it('neither repeats after a restart nor catches up on what it missed', async () => {
    const clock = createVirtualClock('2026-11-24T12:00:00Z');
    await boot(clock);
    clock.advanceTo('2026-11-25T03:00:00Z');
    scheduler.close();

    const later = createVirtualClock('2026-11-25T03:00:00Z');
    await boot(later);
    scheduler.close();
    const days = createVirtualClock('2026-11-28T12:00:00Z');
    await boot(days);
    days.advanceTo('2026-11-29T12:00:00Z');
    await scheduler.idle();

    expect(calls.map(({ input }) => input)).toEqual([
      { at: '2026-11-25T03:00:00Z', try: 1 },
      { at: '2026-11-29T03:00:00Z', try: 1 },
    ]);
  });

  it('does nothing while it is disabled', async () => {
    const clock = createVirtualClock('2026-11-24T12:00:00Z');
    await boot(clock, { State: 'DISABLED' });

    clock.advanceTo('2026-11-30T12:00:00Z');

    expect(calls).toEqual([]);
  });

  it('keeps within its start and end', async () => {
    const clock = createVirtualClock('2026-11-24T12:00:00Z');
    await boot(clock, { StartDate: '2026-11-26T00:00:00Z', EndDate: '2026-11-28T00:00:00Z' });

    clock.advanceTo('2026-12-24T12:00:00Z');
    await scheduler.idle();

    expect(calls).toHaveLength(2);
  });

  it('puts the input into the dead-letter queue when the function cannot be called', async () => {
    const clock = createVirtualClock('2026-11-24T12:00:00Z');
    refuse = true;
    await boot(clock);

    clock.advanceTo('2026-11-25T04:00:00Z');
    await scheduler.idle();

    expect(sent).toEqual(['{"at":"2026-11-25T03:00:00Z","try":1}']);
  });
});
