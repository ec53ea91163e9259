import { describe, expect, it } from 'vitest';
import { wasserstein } from '../../../../../core/monitor/drift/wasserstein.ts';
import { exponential, repeated, sketched } from './samples.ts';

describe('wasserstein', () => {
  it('is exact for a feature of few values, new ones above them included', () => {
    const found = wasserstein(
      ...sketched(repeated({ 1: 30, 2: 50, 3: 20, 4: 0 }), repeated({ 1: 20, 2: 30, 3: 50 })),
    );
    // worked by hand: 10 of 100 go from 1 to 2, and 30 from 2 to 3
    expect(found).toBeCloseTo(0.4, 12);
    expect(wasserstein(...sketched(repeated({ 1: 50, 2: 50 }), repeated({ 5: 10 })))).toBeCloseTo(
      3.5,
      12,
    );
  });

  it('agrees with scipy to a thousandth for a feature of many values', () => {
    // scipy 1.17.1: wasserstein_distance of the two samples of ks.test.ts
    const found = wasserstein(
      ...sketched(exponential(4000, 7919), exponential(1500, 104_729, 1.3)),
    );
    expect(Math.abs(found - 0.29769970360781267)).toBeLessThan(1e-3);
  });

  it('is the shift where all values shift', () => {
    const values = exponential(1000, 7919);
    expect(
      wasserstein(
        ...sketched(
          values,
          values.map((value) => value + 0.5),
        ),
      ),
    ).toBeCloseTo(0.5, 2);
  });

  it('is zero where a sample has no values', () => {
    expect(wasserstein(...sketched([1, 2], []))).toBe(0);
  });
});
