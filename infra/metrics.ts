/** Numbers that functions and jobs print in embedded metric format. */
import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

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
  | 'RejectedRecords'
  | 'ModelLoadFailures'
  | 'CurrentRows'
  | 'LabelledRows'
  | 'MissingShare'
  | 'OutOfRangeShare'
  | 'UnseenShare'
  | 'MaximumDrift'
  | 'PredictionDrift'
  | 'Performance'
  | 'FailedJobs'
  | 'RejectedRows'
  | 'RowsChange'
  | 'LateOutputs';

export interface Reading {
  readonly model: string;
  readonly service: Service;
  readonly metricName: MetricName;
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'Average' | 'p50' | 'p90' | 'p99';
  readonly period: Duration;
  /** For graphs. Alarms do without: CloudWatch takes a label only in metric math. */
  readonly label?: string;
}

export function tidemillMetric({ model, service, ...reading }: Reading): Metric {
  return new Metric({
    namespace: 'Tidemill',
    dimensionsMap: { model, service },
    ...reading,
  });
}
