import { describe, expect, it } from 'vitest';
import { declineIn, declineOf, noteJudged } from '../../../../core/loop/decline.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';

const MODEL = 'late-parcel';
const sustained = { bad: 2, of: 3 };
const day = (number: number) => new Date(Date.UTC(2001, 4, number)).toISOString();

/** A window a day from the second of May on: '.' is good, 'x' is bad. */
const windows = (course: string, version = 1) =>
  course.split('').map((found, at) => ({
    from: day(at + 1),
    to: day(at + 2),
    version,
    labels: 800,
    bad: found === 'x',
  }));

describe('declineIn', () => {
  it.each([
    { course: '..xx', since: 3, labels: 1600 },
    // one good window is none that an alarm would be quiet after
    { course: '.x.xx', since: 2, labels: 3200 },
    { course: 'xx..xx', since: 5, labels: 1600 },
    { course: '.xxxx.', since: 2, labels: 4000 },
  ])('of $course began on day $since', ({ course, since, labels }) => {
    expect(declineIn(windows(course), sustained)).toEqual({ since: new Date(day(since)), labels });
  });

  it.each(['', '....', '...x', 'xx..', 'x..x'])('is none of "%s"', (course) => {
    expect(declineIn(windows(course), sustained)).toBeUndefined();
  });

  it('says nothing of a version that has been replaced', () => {
    expect(declineIn([...windows('xxx'), ...windows('x', 2)], sustained)).toBeUndefined();
  });

  it('counts labels of windows that overlap once', () => {
    const hourly = [0, 1, 2].map((hour) => ({
      from: `2001-05-01T0${hour}:00:00.000Z`,
      to: `2001-05-02T0${hour}:00:00.000Z`,
      version: 1,
      labels: 2400,
      bad: true,
    }));
    // 26 hours at 100 labels an hour
    expect(declineIn(hourly, sustained)?.labels).toBe(2600);
  });
});

it('of windows that overlap began where the newest good one ended', () => {
  const tenDays = (end: number, bad: boolean) => ({
    from: day(end - 10),
    to: day(end),
    version: 1,
    labels: 500,
    bad,
  });
  const course = [tenDays(12, false), tenDays(13, true), tenDays(14, true)];
  // two days of fifty labels each
  expect(declineIn(course, sustained)).toEqual({ since: new Date(day(12)), labels: 100 });
});

describe('declineOf', () => {
  it('sees a past moment as it was', async () => {
    const facts = memoryFacts();
    for (const window of windows('.xxx')) await noteJudged(facts, MODEL, window);

    const at = (number: number) =>
      declineOf(facts, MODEL, { at: new Date(day(number)), sustained });
    expect(await at(3)).toBeUndefined();
    expect(await at(4)).toEqual({ since: new Date(day(2)), labels: 1600 });
    expect(await at(5)).toEqual({ since: new Date(day(2)), labels: 2400 });
  });

  it('keeps what was found first, whoever looks again', async () => {
    const facts = memoryFacts();
    for (const window of [...windows('xx'), ...windows('..')]) {
      await noteJudged(facts, MODEL, window);
    }
    expect(await declineOf(facts, MODEL, { at: new Date(day(4)), sustained })).toBeDefined();
  });

  it('fails on a fact that is no window', async () => {
    const facts = memoryFacts();
    const sort = `judged#${day(3)}#1`;
    await facts.putIfAbsent({ partition: `loop#${MODEL}`, sort, labels: 'many' });
    await expect(declineOf(facts, MODEL, { at: new Date(day(4)), sustained })).rejects.toThrow(
      'a window that was judged',
    );
  });
});
