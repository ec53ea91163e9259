import { describe, expect, it } from 'vitest';
import {
  chiSquaredTail,
  kolmogorovTail,
  normalTail,
  standardErrorsFor,
  upperGamma,
} from '../../../../core/monitor/distributions.ts';

describe('chiSquaredTail', () => {
  // scipy 1.17.1: scipy.stats.chi2.sf(statistic, degrees)
  it.each([
    { statistic: 3.5, degrees: 2, expected: 0.1737739434504451 },
    { statistic: 40, degrees: 10, expected: 1.694474393006737e-5 },
    { statistic: 0.02, degrees: 1, expected: 0.887537083981715 },
    { statistic: 200, degrees: 199, expected: 0.4667457435013782 },
  ])('of $statistic with $degrees degrees is $expected', ({ statistic, degrees, expected }) => {
    expect(chiSquaredTail(statistic, degrees) / expected).toBeCloseTo(1, 10);
  });

  it('is 1 for a statistic of zero', () => {
    expect(upperGamma(3, 0)).toBe(1);
  });
});

describe('normalTail', () => {
  // scipy 1.17.1: 2 * scipy.stats.norm.sf(z)
  it.each([
    { z: 1.5, expected: 0.13361440253771614 },
    { z: -6, expected: 1.973175290075389e-9 },
  ])('beyond $z is $expected', ({ z, expected }) => {
    expect(normalTail(z) / expected).toBeCloseTo(1, 9);
  });
});

describe('standardErrorsFor', () => {
  // scipy 1.17.1: scipy.stats.norm.ppf((1 + confidence) / 2)
  it.each([
    { confidence: 0.95, expected: 1.959963984540054 },
    { confidence: 0.99, expected: 2.5758293035489004 },
  ])('$confidence is $expected', ({ confidence, expected }) => {
    expect(standardErrorsFor(confidence)).toBeCloseTo(expected, 9);
  });
});

describe('kolmogorovTail', () => {
  // scipy 1.17.1: scipy.stats.kstwo.sf(d, n), which is exact
  it.each([
    { d: 0.1, n: 100, expected: 0.2526927570063874 },
    { d: 0.05, n: 500, expected: 0.15866260223815387 },
    { d: 0.2, n: 20, expected: 0.352720173623415 },
    { d: 0.02, n: 9000, expected: 0.001472711519753602 },
    { d: 0.3, n: 50, expected: 0.00017353260202718738 },
  ])('of $d on $n rows is $expected', ({ d, n, expected }) => {
    expect(Math.abs(kolmogorovTail(d, n) - expected)).toBeLessThan(n < 500 ? 6e-4 : 4e-5);
  });

  it('is 1 for no distance and 0 for a whole one', () => {
    expect(kolmogorovTail(0, 1000)).toBe(1);
    expect(kolmogorovTail(1, 1000)).toBe(0);
  });
});
