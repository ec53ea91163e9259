/** All measures of how good predictions are. */
import type { QualityMetric, Target } from '../../model/definition.ts';
import { auc } from './auc.ts';
import { mae, rmse } from './errors-of-values.ts';
import { brierScore, logLoss } from './probability-losses.ts';

/** By metric: those of probabilities for a binary target, those of values for a number. */
export type Quality = Readonly<Partial<Record<QualityMetric | 'brier', number>>>;

/** Whether more of a metric is better. */
export const HIGHER_IS_BETTER: Readonly<Record<QualityMetric, boolean>> = {
  auc: true,
  'log-loss': false,
  rmse: false,
  mae: false,
};

/** Measures predictions against the truth. NaN where a metric is undefined, as AUC is for one class. */
export function qualityOf(
  kind: Target['kind'],
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
): Quality {
  return kind === 'binary'
    ? {
        auc: auc(truth, predicted),
        'log-loss': logLoss(truth, predicted),
        brier: brierScore(truth, predicted),
      }
    : { rmse: rmse(truth, predicted), mae: mae(truth, predicted) };
}
