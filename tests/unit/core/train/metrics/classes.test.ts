import { expect, it } from 'vitest';
import { qualityOf } from '../../../../../core/train/metrics/quality.ts';

it('classes are measured as scikit-learn does', () => {
  const truth = [0, 1, 2, 1, 0, 2];
  const predicted = [
    [0.7, 0.2, 0.1],
    [0.3, 0.4, 0.3],
    [0.2, 0.5, 0.3],
    [0.1, 0.8, 0.1],
    [0.3, 0.4, 0.3],
    [0.1, 0.2, 0.7],
  ].flat();

  // By hand: rows 0, 1, 3 and 5 are right.
  const quality = qualityOf('multiclass', truth, predicted);
  expect(quality.accuracy).toBeCloseTo(4 / 6, 12);
  const given = [0.7, 0.4, 0.3, 0.8, 0.3, 0.7];
  const loss = -given.reduce((sum, value) => sum + Math.log(value), 0) / 6;
  expect(quality['log-loss']).toBeCloseTo(loss, 12);
  // Won pairs of 8 a class: 7.5 (one tie), 6.5 (one tie, one lost), 7 (two ties).
  expect(quality.auc).toBeCloseTo((7.5 + 6.5 + 7) / 24, 12);
});
