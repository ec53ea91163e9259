import { describe, expect, it } from 'vitest';
import { cron, daily, hourly, weekly } from '../../../../core/model/index.ts';

describe('schedules', () => {
  it.each([
    { words: 'hourly', schedule: hourly(), expected: 'cron(0 * * * ? *)' },
    { words: 'daily at 03:30', schedule: daily({ at: '03:30' }), expected: 'cron(30 3 * * ? *)' },
    {
      words: 'mondays at 04:00',
      schedule: weekly({ on: 'monday', at: '04:00' }),
      expected: 'cron(0 4 ? * MON *)',
    },
    { words: 'a cron', schedule: cron('0 6 ? * MON-FRI *'), expected: 'cron(0 6 ? * MON-FRI *)' },
  ])('$words is $expected', ({ schedule, expected }) => {
    expect(schedule).toBe(expected);
  });

  it('fails on a time that is not HH:MM', () => {
    expect(() => daily({ at: '3am' })).toThrow(
      "time '3am' is not HH:MM; write for example '03:00'",
    );
  });

  it.each(['0 6 * * *', '0 6 * * * *', '0 6 ? * ? *'])('fails on the cron %s', (expression) => {
    expect(() => cron(expression)).toThrow(RangeError);
  });
});
