import { describe, expect, it } from 'vitest';
import { timesAMonth } from '../../../../core/cost/times-a-month.ts';
import { cron, daily, hourly, type Schedule, weekly } from '../../../../core/model/schedule.ts';

// A month has 730 hours here, which are 30.42 days or 4.345 weeks.
const CASES: readonly [Schedule, number][] = [
  [hourly(), 730],
  [daily({ at: '03:00' }), 730 / 24],
  [weekly({ on: 'monday', at: '04:00' }), 730 / 24 / 7],
  ['rate(15 minutes)', 730 * 4],
  ['rate(1 day)', 730 / 24],
  [cron('0/10 8-17 ? * MON-FRI *'), ((6 * 10 * 730) / 24 / 7) * 5],
  [cron('0 6 1 * ? *'), 1],
];

describe('timesAMonth', () => {
  it.each(CASES)('counts %s', (schedule, times) => {
    expect(timesAMonth(schedule)).toBeCloseTo(times, 6);
  });

  it('counts nothing without a schedule', () => {
    expect(timesAMonth(undefined)).toBe(0);
  });
});
