/** Is the model itself well? Limits are those of its declaration. */
import {
  type Alarm,
  ComparisonOperator,
  type IAlarmAction,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { QualityMetric } from '../core/model/definition.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import type { RetrainingAlarm } from '../core/model/retraining.ts';
import { createAlarm, HOUR, type Watch } from './alarms.ts';
import { type MetricName, quarantinedShare, tidemillMetric } from './metrics.ts';
import type { Platform } from './platform.ts';

const HIGHER_IS_BETTER: Readonly<Record<QualityMetric, boolean>> = {
  auc: true,
  accuracy: true,
  'log-loss': false,
  rmse: false,
  mae: false,
};

export interface ModelAlarmsProps {
  readonly platform: Platform;
  readonly definition: ModelDefinition;
  /** Starts a training run when the model has become worse, if the declaration wants that. */
  readonly pipeline: IFunction;
}

export class ModelAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { platform, definition, pipeline }: ModelAlarmsProps) {
    super(scope, id);
    const { stream } = definition.serving;
    const watches = [
      ...quality(definition),
      ...decline(definition, new LambdaAction(pipeline)),
      ...(stream ? [quarantined(definition.name, stream.maximumQuarantinedShare)] : []),
    ];
    this.all = watches.map((watch) => createAlarm(this, platform, definition.name, watch));
  }
}

/** What callers send is not what the declaration says. */
function quality({ name, monitors }: ModelDefinition): Watch[] {
  const limits = monitors.quality;
  const share = (what: string, metricName: MetricName, limit: number, meaning: string): Watch => ({
    ...judged(name, metricName, 'Maximum'),
    what,
    threshold: limit,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    description: `${meaning} in more than ${limit} of the rows; ${REPORT}`,
  });
  return [
    share('missing', 'MissingShare', limits.maximumMissingShare, 'A feature is missing'),
    share(
      'out-of-range',
      'OutOfRangeShare',
      limits.maximumOutOfRangeShare,
      'A feature lies outside its declared range',
    ),
    share(
      'unseen',
      'UnseenShare',
      limits.maximumUnseenShare,
      'A feature has values that training never saw',
    ),
  ];
}

/** The world has moved away from the model. */
function decline({ name, monitors, retraining }: ModelDefinition, train: IAlarmAction): Watch[] {
  const { performance } = monitors;
  const driftThreshold = monitors.drift.thresholds.psi;
  const asked = (what: RetrainingAlarm): Pick<Watch, 'what' | 'alsoDo'> => ({
    what,
    alsoDo: retraining?.on.includes(what) ? train : undefined,
  });
  const drift = (what: RetrainingAlarm, metricName: MetricName, subject: string): Watch => ({
    ...judged(name, metricName, 'Maximum'),
    ...asked(what),
    threshold: driftThreshold,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    description: `${subject} differs from training by a PSI of more than ${driftThreshold}; ${REPORT}`,
  });
  const watches = [
    drift('drift', 'MaximumDrift', 'A feature'),
    drift('prediction-drift', 'PredictionDrift', 'What the model answers'),
  ];
  const { metric, limit } = performance;
  if (limit === undefined) return watches;
  const higherIsBetter = HIGHER_IS_BETTER[metric];
  watches.push({
    ...judged(name, 'Performance', higherIsBetter ? 'Minimum' : 'Maximum'),
    ...asked('performance'),
    threshold: limit,
    comparison: higherIsBetter
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_THRESHOLD,
    description:
      `By the labels that came in, ${metric} is ${higherIsBetter ? 'below' : 'above'} ${limit}; ` +
      `train again, or roll back if the version is new; ${REPORT}`,
  });
  return watches;
}

const REPORT = 'the newest page under reports/ in the bucket says more.';

/**
 * A number of the monitoring job. A window that is too small to judge publishes none and says
 * nothing, so the state stays what the last judged window made it, until the next.
 */
function judged(
  model: string,
  metricName: MetricName,
  statistic: 'Maximum' | 'Minimum',
): Pick<Watch, 'metric' | 'missingData'> {
  return {
    metric: tidemillMetric({ model, service: 'monitor', metricName, statistic, period: HOUR }),
    missingData: TreatMissingData.IGNORE,
  };
}

function quarantined(model: string, limit: number): Watch {
  return {
    what: 'quarantined',
    metric: quarantinedShare(model, HOUR),
    threshold: limit,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    description:
      `More than ${limit} of the events cannot be answered, so a sender has changed; ` +
      `'tidemill quarantine list ${model}' says why.`,
  };
}
