import { describe, expect, it } from 'vitest';
import { chiSquared } from '../../../../../core/monitor/drift/chi-squared.ts';

describe('chiSquared', () => {
  // scipy 1.17.1: scipy.stats.chi2_contingency([reference, current])
  it.each([
    {
      what: 'three bins',
      reference: [30, 50, 20],
      current: [20, 30, 50],
      expected: { statistic: 19.857142857142858, degrees: 2, pValue: 4.8761405516518554e-5 },
    },
    {
      what: "two bins, with Yates' correction",
      reference: [30, 70],
      current: [45, 55],
      expected: { statistic: 4.181333333333333, degrees: 1, pValue: 0.04087153408900628 },
    },
  ])('agrees with scipy on $what', ({ reference, current, expected }) => {
    const found = chiSquared(reference, current);
    expect(found.statistic).toBeCloseTo(expected.statistic, 10);
    expect(found.degrees).toBe(expected.degrees);
    expect(found.pValue / expected.pValue).toBeCloseTo(1, 9);
  });

  it('leaves out bins that nobody has', () => {
    expect(chiSquared([30, 0, 70], [45, 0, 55]).degrees).toBe(1);
    expect(chiSquared([30, 0], [45, 0])).toEqual({
      statistic: 0,
      degrees: 0,
      pValue: 1,
      effect: 0,
    });
  });

  it('has an effect that does not grow with the rows', () => {
    const few = chiSquared([5000, 5000], [40, 60]);
    const many = chiSquared([5000, 5000], [40_000, 60_000]);
    expect(many.statistic).toBeGreaterThan(10 * few.statistic);
    expect(many.effect).toBeCloseTo(few.effect, 6);
    // worked by hand: (0.1² + 0.1²) / 0.5, and the root of it
    expect(many.effect).toBeCloseTo(0.2, 6);
  });
});
