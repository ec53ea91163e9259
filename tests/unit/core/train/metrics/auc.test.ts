import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc } from '../../../../../core/train/metrics/auc.ts';

describe('auc', () => {
  it.each([
    // the example of scikit-learn's roc_auc_score: 3 of 4 pairs are in order
    { truth: [0, 0, 1, 1], predicted: [0.1, 0.4, 0.35, 0.8], expected: 0.75 },
    { truth: [0, 1], predicted: [0.2, 0.9], expected: 1 },
    { truth: [0, 1], predicted: [0.9, 0.2], expected: 0 },
    // every pair is tied
    { truth: [0, 1, 0, 1], predicted: [0.5, 0.5, 0.5, 0.5], expected: 0.5 },
    // pairs (0.3: 1 won, 1 tied), (0.7: 2 won): 3.5 of 4
    { truth: [0, 0, 1, 1], predicted: [0.1, 0.3, 0.3, 0.7], expected: 0.875 },
    { truth: [1, 1], predicted: [0.1, 0.3], expected: NaN },
  ])('of $predicted for $truth is $expected', ({ truth, predicted, expected }) => {
    expect(auc(truth, predicted)).toBe(expected);
  });

  it('counts the pairs that are in order, ties half', () => {
    const row = fc.record({ label: fc.constantFrom(0, 1), score: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const ones = rows.filter(({ label }) => label === 1);
        const zeros = rows.filter(({ label }) => label === 0);
        fc.pre(ones.length > 0 && zeros.length > 0);
        const pairs = ones.flatMap((one) => zeros.map((zero) => Math.sign(one.score - zero.score)));
        const expected = pairs.reduce((sum, sign) => sum + (sign + 1) / 2, 0) / pairs.length;
        const measured = auc(
          rows.map(({ label }) => label),
          rows.map(({ score }) => score),
        );
        expect(measured).toBeCloseTo(expected, 12);
      }),
    );
  });
});
