import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBell } from '../../../../local/event-source/bell.ts';

/** Counts who holds the clock. */
function fakeClock() {
  const held = { count: 0 };
  return {
    held,
    hold() {
      held.count += 1;
      return () => void (held.count -= 1);
    },
  };
}

describe('a bell', () => {
  it('holds the clock from the ring until its owner waits again', async () => {
    const clock = fakeClock();
    const bell = createBell(clock);
    expect(clock.held.count).toBe(1);

    const waited = bell.wait(10_000);
    expect(clock.held.count).toBe(0);
    bell.ring();
    expect(clock.held.count).toBe(1);
    await waited;
    expect(clock.held.count).toBe(1);

    bell.rest();
    expect(clock.held.count).toBe(0);
  });

  it('does not wait if it was rung meanwhile', async () => {
    const clock = fakeClock();
    const bell = createBell(clock);
    bell.ring();

    await bell.wait(10_000);

    expect(clock.held.count).toBe(1);
  });

  it('ends a wait by itself after a while', async () => {
    const clock = fakeClock();
    const bell = createBell(clock);

    await Promise.race([bell.wait(5), sleep(5000, undefined, { ref: false })]);

    expect(clock.held.count).toBe(1);
  });
});
