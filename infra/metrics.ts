/** Numbers that functions and jobs print in embedded metric format. */
import type { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';

type Service = 'predict' | 'consume' | 'archive' | 'pipeline' | 'train' | 'score' | 'monitor';

export type MetricName =
  | 'PredictedRows'
  | 'ValidationFailures'
  | 'Latency'
  | 'Faults'
  | 'ColdStarts'
  | 'ServedVersion'
  | 'UnsentRecords'
  | 'UnkeptRecords'
  | 'ChallengerRows'
  | 'ChallengerFailures'
  | 'ShadowRows'
  | 'ShadowDisagreements'
  | 'QuarantinedRecords'
  | 'RefusedRecords'
  | 'UnfinishedBatches'
  | 'BatchRecords'
  | 'Lag'
  | 'RejectedRecords'
  | 'ModelLoadFailures'
  | 'CurrentRows'
  | 'LabelledRows'
  | 'UnreadableShare'
  | 'MissingShare'
  | 'OutOfRangeShare'
  | 'UnseenShare'
  | 'MaximumDrift'
  | 'PredictionDrift'
  | 'DuplicateShare'
  | 'VolumeChange'
  | 'Performance'
  | 'PerformanceShortfall'
  | 'EstimatedPerformance'
  | 'EstimatedShortfall'
  | 'ChampionAge'
  | 'DataAge'
  | 'FailedJobs'
  | 'RetrainingStopped'
  | 'RolledBack'
  | 'RejectedRows'
  | 'RowsChange'
  | 'LateOutputs';

export interface Reading {
  readonly model: string;
  readonly service: Service;
  readonly metricName: MetricName;
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'Average' | 'p50' | 'p90' | 'p99';
  readonly period: Duration;
  /** Tells counts of one metric apart. @default the whole */
  readonly reason?: string;
  /** For graphs. Alarms do without: CloudWatch takes a label only in metric math. */
  readonly label?: string;
}

export function tidemillMetric({ model, service, reason, ...reading }: Reading): Metric {
  return new Metric({
    namespace: 'Tidemill',
    dimensionsMap: { model, service, ...(reason !== undefined && { reason }) },
    ...reading,
  });
}

/** Share of the events that could not be answered. */
export function quarantinedShare(model: string, period: Duration): MathExpression {
  const count = (metricName: MetricName): Metric =>
    tidemillMetric({ model, service: 'consume', metricName, statistic: 'Sum', period });
  return new MathExpression({
    // Filled, since an hour in which every event is wrong predicts nothing.
    expression: 'quarantined / (quarantined + FILL(predicted, 0))',
    usingMetrics: { quarantined: count('QuarantinedRecords'), predicted: count('PredictedRows') },
    label: 'quarantined share',
    period,
  });
}
