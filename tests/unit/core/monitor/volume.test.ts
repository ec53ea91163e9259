import { describe, expect, it } from 'vitest';
import type { WindowSummary } from '../../../../core/monitor/history.ts';
import { volumeOf } from '../../../../core/monitor/volume.ts';

const asOf = new Date('2001-04-02T08:00:00Z');

const before = (hours: number, rows: number): WindowSummary => ({
  asOf: new Date(asOf.getTime() - hours * 3_600_000).toISOString(),
  version: 1,
  rows,
  drift: {},
  bad: [],
});

describe('volumeOf', () => {
  it('compares with the median of the same hour in the weeks before', () => {
    const weeks = [before(168, 3000), before(336, 100), before(504, 2900)];
    expect(volumeOf(1450, asOf, weeks)).toEqual({ rows: 1450, usual: 2900, change: -0.5 });
  });

  it('finds nothing where clocks have changed', () => {
    // the world's eight o'clock was seven o'clock UTC until yesterday
    const weeks = [168, 336, 504].flatMap((hours) => [
      before(hours - 1, 3000),
      before(hours, 500),
      before(hours + 1, 400),
    ]);
    expect(volumeOf(3000, asOf, weeks).change).toBe(0);
  });

  it.each([
    // the first of which may have been the model's first, and half empty
    { why: 'two weeks are known', weeks: [before(168, 3000), before(336, 0)] },
    { why: 'nothing is known', weeks: [] },
  ])('has no verdict where $why', ({ weeks }) => {
    expect(volumeOf(100, asOf, weeks)).toEqual({ rows: 100, usual: null, change: null });
  });

  it('has no share of nothing', () => {
    expect(
      volumeOf(
        100,
        asOf,
        [168, 336, 504].map((hours) => before(hours, 0)),
      ).change,
    ).toBeNull();
  });
});
