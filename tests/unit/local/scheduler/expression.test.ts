import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../../local/scheduler/expression.ts';

const START = new Date('2026-01-01T00:00:00Z');

function next(expression: string, after: string, count: number, timezone = 'UTC'): string[] {
  const schedule = parseSchedule(expression, timezone, START);
  const times: string[] = [];
  let from = new Date(after);
  for (let index = 0; index < count; index += 1) {
    const time = schedule.next(from);
    if (time === undefined) break;
    times.push(time.toISOString().slice(0, 16));
    from = time;
  }
  return times;
}

describe('cron', () => {
  // days of the week from the calendar of 2026: 1 January is a Thursday, 1 November a Sunday
  it.each([
    {
      meaning: 'every day at an hour',
      expression: 'cron(30 3 * * ? *)',
      times: ['2026-11-24T03:30', '2026-11-25T03:30'],
    },
    {
      meaning: 'weekdays by name',
      expression: 'cron(0 18 ? * MON-FRI *)',
      times: [
        '2026-11-24T18:00',
        '2026-11-25T18:00',
        '2026-11-26T18:00',
        '2026-11-27T18:00',
        '2026-11-30T18:00',
      ],
    },
    {
      meaning: 'Sunday as 1',
      expression: 'cron(0 0 ? * 1 *)',
      times: ['2026-11-29T00:00', '2026-12-06T00:00'],
    },
    {
      meaning: 'Saturday as 7, and L alone as Saturday',
      expression: 'cron(0 0 ? * L *)',
      times: ['2026-11-28T00:00', '2026-12-05T00:00'],
    },
    {
      meaning: 'the last day of the month',
      expression: 'cron(0 12 L * ? *)',
      times: ['2026-11-30T12:00', '2026-12-31T12:00', '2027-01-31T12:00', '2027-02-28T12:00'],
    },
    {
      meaning: 'the last Friday of the month',
      expression: 'cron(0 12 ? * 6L *)',
      times: ['2026-11-27T12:00', '2026-12-25T12:00'],
    },
    {
      meaning: 'the last Friday by name',
      expression: 'cron(0 12 ? * FRIL *)',
      times: ['2026-11-27T12:00', '2026-12-25T12:00'],
    },
    {
      meaning: 'the second Tuesday',
      expression: 'cron(0 9 ? * 3#2 *)',
      times: ['2026-12-08T09:00', '2027-01-12T09:00'],
    },
    {
      meaning: 'the weekday nearest to the 15th (15 Nov 2026 is a Sunday, 15 May 2027 a Saturday)',
      expression: 'cron(0 8 15W 5,11 ? *)',
      times: ['2027-05-14T08:00', '2027-11-15T08:00'],
    },
    {
      meaning: 'steps and lists',
      expression: 'cron(0/20 8,9 1 JAN ? *)',
      times: ['2027-01-01T08:00', '2027-01-01T08:20', '2027-01-01T08:40', '2027-01-01T09:00'],
    },
  ])('fires on $meaning', ({ expression, times }) => {
    expect(next(expression, '2026-11-24T00:00:00Z', 5).slice(0, times.length)).toEqual(times);
  });

  it('fires no more once its year is over', () => {
    expect(next('cron(0 0 1 * ? 2026)', '2026-11-24T00:00:00Z', 5)).toEqual(['2026-12-01T00:00']);
  });

  it('keeps to the clock on the wall of its time zone over a change of its offset', () => {
    // New York leaves daylight saving time on 1 November 2026: UTC-4 becomes UTC-5
    expect(next('cron(0 9 * * ? *)', '2026-10-31T00:00:00Z', 3, 'America/New_York')).toEqual([
      '2026-10-31T13:00',
      '2026-11-01T14:00',
      '2026-11-02T14:00',
    ]);
  });
});

describe('rate and at', () => {
  it('counts rates from the start, not from when it was asked', () => {
    expect(next('rate(5 minutes)', '2026-01-01T01:02:00Z', 2)).toEqual([
      '2026-01-01T01:05',
      '2026-01-01T01:10',
    ]);
    expect(next('rate(1 day)', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-02T00:00']);
  });

  it('fires once at a time in its zone', () => {
    expect(next('at(2026-12-24T18:00:00)', '2026-11-24T00:00:00Z', 3, 'Europe/Berlin')).toEqual([
      '2026-12-24T17:00',
    ]);
  });
});

describe('parseSchedule', () => {
  it.each([
    { expression: 'every day', wrong: /is none that EventBridge knows/ },
    { expression: 'rate(0 minutes)', wrong: /needs a count/ },
    { expression: 'rate(1 days)', wrong: /needs a count/ },
    { expression: 'cron(0 3 * * ?)', wrong: /has 5 fields where six were expected/ },
    { expression: 'cron(0 3 * * * *)', wrong: /must have '\?' in one of/ },
    { expression: 'cron(61 3 * * ? *)', wrong: /cannot be read/ },
    { expression: 'at(tomorrow)', wrong: /needs a time like/ },
  ])('fails on $expression and shows how to write it', ({ expression, wrong }) => {
    expect(() => parseSchedule(expression, 'UTC', START)).toThrow(wrong);
    expect(() => parseSchedule(expression, 'UTC', START)).toThrow(/write for instance rate/);
  });
});
