import { describe, expect, it } from 'vitest';
import { confusionOf } from '../../../../core/pipeline/confusion.ts';
import { residualBins } from '../../../../core/pipeline/residuals.ts';

describe('confusionOf', () => {
  it('counts what was decided at the threshold of a binary target', () => {
    const target = { kind: 'binary', column: 'late', atLeast: 15, threshold: 0.4 } as const;
    const truth = Float64Array.of(0, 0, 1, 1, 1);
    const outputs = Float64Array.of(0.1, 0.4, 0.39, 0.5, 0.9);
    expect(confusionOf(target, truth, outputs)).toEqual({
      classes: ['0', '1'],
      counts: [
        [1, 1],
        [1, 2],
      ],
      threshold: 0.4,
    });
  });

  it('decides for the likeliest of several classes, the first of equals', () => {
    const target = { kind: 'multiclass', column: 'kind', classes: ['a', 'b', 'c'] } as const;
    const truth = Float64Array.of(0, 1, 2);
    const outputs = Float64Array.of(0.5, 0.3, 0.2, 0.4, 0.4, 0.2, 0.1, 0.2, 0.7);
    expect(confusionOf(target, truth, outputs)?.counts).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  it('has nothing to say about a number', () => {
    const target = { kind: 'regression', column: 'minutes' } as const;
    expect(confusionOf(target, Float64Array.of(1), Float64Array.of(1))).toBeUndefined();
  });
});

describe('residualBins', () => {
  it('has the spread of what was missed, by prediction', () => {
    const predicted = Float64Array.from({ length: 22 }, (_, row) => (row < 11 ? 1 : 5));
    // in each half the residuals are -5 to 5
    const truth = predicted.map((value, row) => value + ((row % 11) - 5));
    expect(residualBins(truth, predicted, 2)).toEqual([
      { rows: 11, predicted: 1, low: -4, median: 0, high: 4 },
      { rows: 11, predicted: 5, low: -4, median: 0, high: 4 },
    ]);
  });

  it('has no more bins than rows', () => {
    expect(residualBins(Float64Array.of(1), Float64Array.of(0))).toHaveLength(1);
  });
});
