import { describe, expect, it } from 'vitest';
import {
  addValue,
  EMPTY_BUCKET,
  KEPT_VALUES,
  mergeBuckets,
  statisticOf,
} from '../../../../local/cloudwatch/statistics.ts';

const bucketOf = (...values: number[]) =>
  values.reduce((bucket, value) => addValue(bucket, value, undefined, () => 0), EMPTY_BUCKET);

describe('statisticOf', () => {
  it.each([
    { statistic: 'Sum', expected: 15 },
    { statistic: 'Average', expected: 3.75 },
    { statistic: 'Minimum', expected: 1 },
    { statistic: 'Maximum', expected: 8 },
    { statistic: 'SampleCount', expected: 4 },
    // numpy 1.26: percentile([1, 2, 4, 8], [50, 99, 99.5])
    { statistic: 'p50', expected: 3 },
    { statistic: 'p99', expected: 7.88 },
    { statistic: 'p99.5', expected: 7.94 },
    { statistic: 'p100', expected: 8 },
  ])('$statistic of 8, 1, 4 and 2 is $expected', ({ statistic, expected }) => {
    expect(statisticOf(bucketOf(8, 1, 4, 2), statistic)).toBeCloseTo(expected, 12);
  });

  it('reads several minutes as one', () => {
    const merged = mergeBuckets([bucketOf(1, 2), bucketOf(30)]);

    expect(statisticOf(merged, 'SampleCount')).toBe(3);
    expect(statisticOf(merged, 'p50')).toBe(2);
    expect(statisticOf(merged, 'Maximum')).toBe(30);
  });

  it('keeps a bounded sample for percentiles, and counts all', () => {
    const bucket = bucketOf(...Array.from({ length: KEPT_VALUES + 50 }, () => 7));

    expect(bucket.values).toHaveLength(KEPT_VALUES);
    expect(bucket.count).toBe(KEPT_VALUES + 50);
  });

  it('fails for a statistic it does not know and lists those it does', () => {
    expect(() => statisticOf(bucketOf(1), 'tm90')).toThrow(/'tm90' is not known here; use Average/);
  });
});
