import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { psi, smoothShares } from '../../../../../core/monitor/drift/psi.ts';

const shares = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 10, maxLength: 10 })
  .map(smoothShares);

describe('psi', () => {
  it.each([
    { reference: [0.5, 0.5], current: [0.5, 0.5], expected: 0 },
    // worked by hand: 0.1 ln(1.2) + (-0.1) ln(0.8)
    { reference: [0.5, 0.5], current: [0.6, 0.4], expected: 0.04054651081081644 },
  ])('of $reference and $current is $expected', ({ reference, current, expected }) => {
    expect(psi(reference, current)).toBeCloseTo(expected, 12);
  });

  it('is symmetric and never negative', () => {
    fc.assert(
      fc.property(shares, shares, (a, b) => {
        expect(psi(a, b)).toBeGreaterThanOrEqual(-1e-12);
        expect(psi(a, b)).toBeCloseTo(psi(b, a), 9);
      }),
    );
  });

  it('fails on an empty bin and names the cure', () => {
    expect(() => psi([1, 0], [0.5, 0.5])).toThrow(
      'bin 1 has no rows, so PSI is undefined; pass the counts through smoothShares() first',
    );
  });

  it('fails on distributions over other bins', () => {
    expect(() => psi([1], [0.5, 0.5])).toThrow('reference has 1 bins and current 2');
  });
});

describe('smoothShares', () => {
  it('adds half a row to each bin', () => {
    // (3 + 0.5) / 4 and (0 + 0.5) / 4
    expect(smoothShares([3, 0])).toEqual([0.875, 0.125]);
  });
});
