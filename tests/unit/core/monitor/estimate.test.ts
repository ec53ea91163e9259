import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateOf, type Unlabelled } from '../../../../core/monitor/estimate.ts';
import { checkEstimate, doubtsOf, toleratedLoss } from '../../../../core/monitor/trust.ts';

const rowsOf = (outputs: readonly number[], kind: Unlabelled['kind'] = 'binary'): Unlabelled => ({
  kind,
  outputs: Float64Array.from(outputs),
  decisions: Float64Array.from(outputs, (output) => Number(output >= 0.5)),
});

/** Over all pairs of rows: the chance that the first is positive and the second is not. */
function areaByPairs(outputs: readonly number[]): number {
  let [won, pairs] = [0, 0];
  for (const positive of outputs) {
    for (const negative of outputs) {
      const chance = positive * (1 - negative);
      pairs += chance;
      if (positive > negative) won += chance;
      if (positive === negative) won += chance / 2;
    }
  }
  return won / pairs;
}

const width = (times: number): number => {
  const outputs = Array.from({ length: times }, () => [0.1, 0.4, 0.8]).flat();
  const { low = 0, high = 0 } = estimateOf('accuracy', rowsOf(outputs)) ?? {};
  return high - low;
};

const realised = (value: number) => ({ metric: 'auc', value, low: value, high: value }) as const;

describe('estimateOf', () => {
  it('expects the accuracy that probabilities promise', () => {
    // (0.9 + 0.8 + 0.7) / 3, since 0.2 is decided as 0
    expect(estimateOf('accuracy', rowsOf([0.9, 0.2, 0.7]))?.value).toBeCloseTo(0.8, 12);
  });

  it('expects of several classes that the predicted one is right as often as it says', () => {
    const rows = rowsOf([0.9, 0.5], 'multiclass');
    expect(estimateOf('accuracy', rows)?.value).toBeCloseTo(0.7, 12);
    expect(estimateOf('auc', rows)).toBeUndefined();
  });

  it('expects the entropy as log loss', () => {
    expect(estimateOf('log-loss', rowsOf([0.5, 0.5]))?.value).toBeCloseTo(Math.LN2, 12);
  });

  it('expects the area that all pairs of rows promise', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 30 }),
        (percents) => {
          const outputs = percents.map((percent) => percent / 100);
          expect(estimateOf('auc', rowsOf(outputs))?.value).toBeCloseTo(areaByPairs(outputs), 9);
        },
      ),
    );
  });

  it('is surer of more rows', () => {
    expect(width(100)).toBeCloseTo(width(1) / 10, 9);
  });

  it('takes probabilities for what they meant on the holdout', () => {
    const bins = [
      { rows: 500, predicted: 0.2, observed: 0.1 },
      { rows: 3, predicted: 0.3, observed: 0.9 },
      { rows: 500, predicted: 0.8, observed: 0.9 },
    ];
    const accuracy = (output: number) => estimateOf('accuracy', rowsOf([output]), bins)?.value;
    expect(accuracy(0.2)).toBeCloseTo(0.9, 12);
    // half way between the bins that have rows enough
    expect(accuracy(0.5)).toBeCloseTo(0.5, 12);
    // beyond them, as far off as the last bin was
    expect(accuracy(0.85)).toBeCloseTo(0.95, 12);
    expect(accuracy(0.1)).toBeCloseTo(1, 12);
  });

  it.each(['regression', 'binary'] as const)(
    'tells nothing of a %s without what it needs',
    (kind) => {
      expect(estimateOf('rmse', rowsOf(kind === 'binary' ? [] : [1], kind))).toBeUndefined();
    },
  );
});

describe('an estimate is not to be believed', () => {
  const estimated = { metric: 'auc', value: 0.8, low: 0.79, high: 0.81 } as const;
  const shares = {
    unseenShare: 0,
    maximumUnseenShare: 0.02,
    missingShare: 0,
    maximumMissingShare: 0.01,
  };

  it.each([
    { what: 'within chance', value: 0.805, tolerated: 0, agrees: true },
    {
      what: 'beyond chance, and less than anybody minds',
      value: 0.78,
      tolerated: 0.05,
      agrees: true,
    },
    { what: 'beyond chance and worth minding', value: 0.76, tolerated: 0.05, agrees: false },
  ])('where labels differ, but not $what', ({ value, tolerated, agrees }) => {
    expect(checkEstimate(estimated, realised(value), tolerated).agrees).toBe(agrees);
  });

  it('where values are unseen or missing', () => {
    const check = checkEstimate(estimated, realised(0.8), 0.05);
    expect(doubtsOf({ ...shares, check })).toEqual([]);
    expect(doubtsOf({ ...shares, check, unseenShare: 0.1, missingShare: 0.1 })).toEqual([
      'rows have values that training never saw',
      'values are missing that are usually there',
    ]);
  });

  it('by a loss that follows from the limit', () => {
    expect(toleratedLoss('auc', 0.75, 0.7)).toBeCloseTo(0.05, 12);
    expect(toleratedLoss('rmse', 10, 11)).toBeCloseTo(1, 12);
    expect(toleratedLoss('auc', null, 0.7)).toBe(0);
  });
});
