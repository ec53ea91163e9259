/** All measures of how good predictions are. */
import type { QualityMetric, Target } from '../../model/definition.ts';
import { auc } from './auc.ts';
import { accuracy, macroAuc, softmaxLogLoss } from './classes.ts';
import { mae, rmse } from './errors-of-values.ts';
import { brierScore, logLoss } from './probability-losses.ts';

/** By metric: those of probabilities for a binary or multiclass target, those of values for a number. */
export type Quality = Readonly<Partial<Record<QualityMetric | 'brier', number>>>;

/** Whether more of a metric is better. */
export const HIGHER_IS_BETTER: Readonly<Record<QualityMetric, boolean>> = {
  auc: true,
  'log-loss': false,
  accuracy: true,
  rmse: false,
  mae: false,
};

/** How much better a value is than another one, in the metric's units. */
export function improvementOf(metric: QualityMetric, value: number, over: number): number {
  return HIGHER_IS_BETTER[metric] ? value - over : over - value;
}

/**
 * Measures predictions against the truth. NaN where a metric is undefined, as AUC is for one class.
 *
 * @param predicted one a row; of a multiclass target the probability of every class, row after row
 */
export function qualityOf(
  kind: Target['kind'],
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
): Quality {
  if (kind === 'multiclass') {
    return {
      accuracy: accuracy(truth, predicted),
      'log-loss': softmaxLogLoss(truth, predicted),
      auc: macroAuc(truth, predicted),
    };
  }
  return kind === 'binary'
    ? {
        auc: auc(truth, predicted),
        'log-loss': logLoss(truth, predicted),
        brier: brierScore(truth, predicted),
      }
    : { rmse: rmse(truth, predicted), mae: mae(truth, predicted) };
}
