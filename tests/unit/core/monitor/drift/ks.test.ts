import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov } from '../../../../../core/monitor/drift/ks.ts';
import { exponential, repeated, sketched } from './samples.ts';

describe('kolmogorovSmirnov', () => {
  it('is exact for a feature of few values', () => {
    // scipy 1.17.1: ks_2samp([1]*30+[2]*50+[3]*20, [1]*20+[2]*30+[3]*50, method='asymp')
    const found = kolmogorovSmirnov(
      ...sketched(repeated({ 1: 30, 2: 50, 3: 20 }), repeated({ 1: 20, 2: 30, 3: 50 })),
    );
    expect(found.statistic).toBeCloseTo(0.3, 12);
    expect(Math.abs(found.pValue - 0.00017353260202718676)).toBeLessThan(3e-4);
    expect(found.error).toBe(0);
  });

  it('says how far it may be off for a feature of many values', () => {
    // scipy 1.17.1: u = (i * 7919 % 4001) / 4001 of 4000, v = (i * 104729 % 1501) / 1501 of 1500;
    // ks_2samp(float32(-log(1 - u)), float32(-log(1 - v) * 1.3), method='asymp')
    const found = kolmogorovSmirnov(
      ...sketched(exponential(4000, 7919), exponential(1500, 104_729, 1.3)),
    );
    const exact = 0.09666666666666668;
    expect(found.statistic).toBeLessThanOrEqual(exact + 1e-12);
    expect(found.statistic + found.error).toBeGreaterThanOrEqual(exact);
    expect(found.error).toBeLessThan(0.005);
    // of the statistic that it found; scipy says 2.5e-9 of its own
    expect(found.pValue).toBeLessThan(1e-8);
  });

  it('never leaves the exact statistic out of its error', () => {
    const values = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const exact = kolmogorovSmirnov(...sketched([...a, ...b], [...a]));
        const coarse = kolmogorovSmirnov(...sketched([...a, ...b], [...a], 5));
        expect(coarse.statistic).toBeLessThanOrEqual(exact.statistic + 1e-12);
        expect(coarse.statistic + coarse.error).toBeGreaterThanOrEqual(exact.statistic - 1e-12);
      }),
    );
  });

  it('finds nothing where a sample has no values', () => {
    expect(kolmogorovSmirnov(...sketched([1, 2], []))).toEqual({
      statistic: 0,
      pValue: 1,
      error: 0,
    });
  });
});
