import { describe, expect, it } from 'vitest';
import { timesBetween } from '../../../../core/score/times.ts';
import type { Schedule } from '../../../../core/model/schedule.ts';

const between = (schedule: Schedule, from: string, to: string, most = 100): string[] =>
  timesBetween(schedule, new Date(from), new Date(to), most).map((at) => at.toISOString());

describe('times of a schedule', () => {
  it('are those after the one moment and before the other', () => {
    expect(between('cron(0 3 * * ? *)', '2001-05-01T03:00:00Z', '2001-05-04T03:00:00Z')).toEqual([
      '2001-05-02T03:00:00.000Z',
      '2001-05-03T03:00:00.000Z',
    ]);
  });

  it('count the days of the week as EventBridge does, from Sunday as 1', () => {
    // 7 May 2001 was a Monday
    expect(between('cron(0 4 ? * 2 *)', '2001-05-01T00:00:00Z', '2001-05-14T00:00:00Z')).toEqual([
      '2001-05-07T04:00:00.000Z',
    ]);
  });

  it('of a rate count from the first moment', () => {
    expect(between('rate(6 hours)', '2001-05-01T01:00:00Z', '2001-05-01T19:00:00Z')).toEqual([
      '2001-05-01T07:00:00.000Z',
      '2001-05-01T13:00:00.000Z',
    ]);
  });

  it('are the newest where there are too many', () => {
    expect(between('cron(0 * * * ? *)', '2001-05-01T00:00:00Z', '2001-05-03T00:00:00Z', 1)).toEqual(
      ['2001-05-02T23:00:00.000Z'],
    );
  });

  it('fails on what is no schedule', () => {
    expect(() => between('cron(0 3)', '2001-05-01', '2001-05-02')).toThrow(RangeError);
  });
});
