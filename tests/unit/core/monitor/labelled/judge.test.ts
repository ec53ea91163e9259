import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelledRows } from '../../../../../core/monitor/labelled/influence.ts';
import {
  compareLabelled,
  measuredOf,
  measureLabelled,
} from '../../../../../core/monitor/labelled/judge.ts';

const Y = [0, 0, 1, 1, 0, 1, 1, 0, 1, 0];
const A = [0.1, 0.4, 0.35, 0.8, 0.2, 0.7, 0.9, 0.6, 0.4, 0.3];
const B = [0.2, 0.3, 0.5, 0.6, 0.4, 0.5, 0.8, 0.7, 0.35, 0.1];

const rowsOf = (
  labels: readonly number[],
  outputs: readonly number[],
  kind: LabelledRows['kind'] = 'binary',
): LabelledRows => ({
  kind,
  labels: Float64Array.from(labels),
  outputs: Float64Array.from(outputs),
  decisions: Float64Array.from(outputs, (output) =>
    kind === 'binary' ? Number(output >= 0.5) : output,
  ),
});

const width = (rows: LabelledRows) => {
  const { low = 0, high = 0 } = measuredOf('log-loss', rows) ?? {};
  return high - low;
};

describe('measureLabelled', () => {
  it("gives AUC with DeLong's interval", () => {
    // numpy 2.4.6, sklearn 1.9.1: roc_auc_score 0.86; variance of DeLong's placements
    // np.cov(V10) / 5 + np.cov(V01) / 5 = 0.0152
    const [auc] = measureLabelled(rowsOf(Y, A));
    expect(auc?.value).toBeCloseTo(0.86, 12);
    expect(auc?.low).toBeCloseTo(0.86 - 1.959963984540054 * Math.sqrt(0.0152), 9);
    expect(auc?.high).toBe(1);
  });

  it('gives means of a row with their standard errors', () => {
    // accuracy: 8 of 10 right, s² = 0.16 × 10 / 9
    const accuracy = measuredOf('accuracy', rowsOf(Y, A));
    expect(accuracy?.value).toBeCloseTo(0.7, 12);
    expect(accuracy?.low).toBeCloseTo(0.7 - 1.959963984540054 * Math.sqrt(0.21 / 9), 9);
  });

  it('gives RMSE by the delta method', () => {
    // numpy 2.4.6: e = (v - p)**2; e.mean()**.5; e.std(ddof=1) / 2 / rmse / 2
    const rmse = measuredOf('rmse', rowsOf([3, 5, 2.5, 7], [2.5, 5, 4, 8], 'regression'));
    expect(rmse?.value).toBeCloseTo(0.9354143466934853, 12);
    expect(rmse?.high).toBeCloseTo(0.9354143466934853 + 1.959963984540054 * 0.27003086243366087, 9);
  });

  it('knows of several classes only whether they were right', () => {
    const rows = {
      ...rowsOf([0, 1, 2, 1], [0.9, 0.8, 0.7, 0.6], 'multiclass'),
      decisions: Float64Array.of(0, 1, 1, 1),
    };
    expect(measureLabelled(rows).map(({ metric, value }) => [metric, value])).toEqual([
      ['accuracy', 0.75],
    ]);
  });

  it.each([
    { why: 'there are no rows', rows: rowsOf([], []), left: [] },
    {
      why: 'labels are all the same',
      rows: rowsOf([1, 1], [0.5, 0.6]),
      left: ['log-loss', 'brier', 'accuracy'],
    },
  ])('leaves out what is undefined where $why', ({ rows, left }) => {
    expect(measureLabelled(rows).map(({ metric }) => metric)).toEqual(left);
  });

  it('gives narrower intervals to more rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), (times) => {
        const repeat = (values: readonly number[]) =>
          Array.from({ length: times }, () => values).flat();
        expect(width(rowsOf(repeat(Y), repeat(A)))).toBeLessThan(width(rowsOf(Y, A)));
      }),
    );
  });
});

describe('compareLabelled', () => {
  it('takes the same rows as pairs', () => {
    // numpy 2.4.6: DeLong's covariance [[0.0152, 0.012], [0.012, 0.028]];
    // difference 0.06, variance 0.0192, p 0.6650055421020293 (scipy.stats.norm)
    const found = compareLabelled({
      metric: 'auc',
      challenger: rowsOf(Y, A),
      champion: rowsOf(Y, B),
      paired: true,
    });
    expect(found?.improvement).toBeCloseTo(0.06, 12);
    expect(found?.low).toBeCloseTo(0.06 - 1.959963984540054 * Math.sqrt(0.0192), 9);
    expect(found?.pValue).toBeCloseTo(0.6650055421020293, 9);
  });

  it('adds the variances of different rows', () => {
    const found = compareLabelled({
      metric: 'auc',
      challenger: rowsOf(Y, A),
      champion: rowsOf(Y, B),
      paired: false,
    });
    expect(found?.high).toBeCloseTo(0.06 + 1.959963984540054 * Math.sqrt(0.0152 + 0.028), 9);
  });

  it('counts less loss as an improvement', () => {
    const found = compareLabelled({
      metric: 'mae',
      challenger: rowsOf([1, 2], [1, 2.5], 'regression'),
      champion: rowsOf([1, 2], [2, 3], 'regression'),
      paired: true,
    });
    expect(found).toMatchObject({ challenger: 0.25, champion: 1, improvement: 0.75 });
  });

  it('is sure of a version that equals itself', () => {
    const same = rowsOf(Y, A);
    expect(
      compareLabelled({ metric: 'auc', challenger: same, champion: same, paired: true }),
    ).toMatchObject({
      improvement: 0,
      low: 0,
      high: 0,
      pValue: 1,
    });
  });

  it('tells nothing where a side has no rows', () => {
    const rivals = { metric: 'auc', challenger: rowsOf([], []), champion: rowsOf(Y, A) } as const;
    expect(compareLabelled({ ...rivals, paired: false })).toBeUndefined();
  });

  it('fails on pairs that are none', () => {
    const rivals = { metric: 'auc', challenger: rowsOf([1], [1]), champion: rowsOf(Y, A) } as const;
    expect(() => compareLabelled({ ...rivals, paired: true })).toThrow(
      'challenger has 1 rows and champion 10; hand in the rows of the same ids',
    );
  });
});
