import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { holding, pause, stopwatch } from '../../../local/clock.ts';
import { VirtualClock } from '../../../local/virtual-clock.ts';

const at = (time: string): Date => new Date(`2001-02-28T${time}Z`);

describe('a virtual clock', () => {
  let clock: VirtualClock;
  let log: string[];
  const note = (what: string) => (): void =>
    void log.push(`${clock.now().toISOString().slice(11, 19)} ${what}`);

  beforeEach(() => {
    clock = new VirtualClock(at('12:00:00'));
    log = [];
  });

  it('jumps from timer to timer, those of one moment in the order in which they were set', async () => {
    clock.at(at('14:00:00'), note('last'));
    clock.at(at('13:00:00'), note('first'));
    clock.at(at('13:00:00'), note('second'));

    await clock.advanceTo(at('13:30:00'));
    expect(log).toEqual(['13:00:00 first', '13:00:00 second']);
    expect(clock.now()).toEqual(at('13:30:00'));

    await clock.advanceTo(at('14:00:00'));
    expect(log.at(-1)).toBe('14:00:00 last');
  });

  it('fires what a timer sets on the way, and what is due already at once', async () => {
    clock.at(at('13:00:00'), () => {
      clock.at(at('12:30:00'), note('overdue'));
      clock.at(at('13:10:00'), note('later'));
    });

    await clock.advanceTo(at('14:00:00'));

    expect(log).toEqual(['13:00:00 overdue', '13:10:00 later']);
  });

  it('does not fire what was cancelled', async () => {
    const cancel = clock.at(at('13:00:00'), note('never'));
    cancel();
    cancel();

    await clock.advanceTo(at('14:00:00'));

    expect(log).toEqual([]);
  });

  async function slowWork(): Promise<void> {
    await sleep(30);
    note('slow work done')();
    await holding(clock, sleep(10));
    note('and what it began')();
  }

  it('stands still while anything is under way, and tells what it set off the same time', async () => {
    clock.at(at('13:00:00'), () => {
      void holding(clock, slowWork());
    });
    clock.at(at('13:00:01'), note('next'));

    await clock.advanceTo(at('14:00:00'));

    expect(log).toEqual(['13:00:00 slow work done', '13:00:00 and what it began', '13:00:01 next']);
  });

  it('lets go once, however often a hold is released', async () => {
    const [one, two] = [clock.hold(), clock.hold()];
    one();
    one();
    const quiet = clock.quiet().then(note('quiet'));
    await sleep(20);
    expect(log).toEqual([]);

    two();
    await quiet;

    expect(log).toHaveLength(1);
  });

  it('holds also for work that fails, which fails all the same', async () => {
    await expect(holding(clock, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await clock.quiet();
  });

  it('counts pauses and stopwatches by its own time', async () => {
    const elapsed = stopwatch(clock);
    const done = pause(clock, 90_000).then(note('paused'));

    await clock.advanceTo(at('12:10:00'));
    await done;

    expect(log).toEqual(['12:01:30 paused']);
    expect(elapsed()).toBe(600_000);
  });

  it('ends a pause early where it is told to', async () => {
    const abort = new AbortController();
    const done = pause(clock, 90_000, abort.signal);

    abort.abort();
    await done;

    expect(clock.now()).toEqual(at('12:00:00'));
  });

  it('never goes back', async () => {
    await clock.advanceTo(at('11:00:00'));

    expect(clock.now()).toEqual(at('12:00:00'));
  });

  it('is the time of libraries while it rules', () => {
    const before = Date.now();
    const resume = clock.rule();
    const during = Date.now();
    resume();

    expect(during).toBe(at('12:00:00').getTime());
    expect(Date.now()).toBeGreaterThanOrEqual(before);
  });
});
