/** Do a model's jobs end well, and is a batch there when it is needed, and as large as usual? */
import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { createAlarm, HOUR, type Watch } from './alarms.ts';
import { JOB_KINDS } from './jobs.ts';
import { tidemillMetric } from './metrics.ts';
import type { Platform } from './platform.ts';

export interface JobAlarmsProps {
  readonly platform: Platform;
  readonly definition: ModelDefinition;
}

export class JobAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { platform, definition }: JobAlarmsProps) {
    super(scope, id);
    const { name } = definition;
    const watches = [...JOB_KINDS.map((kind) => failedJobs(name, kind)), ...batches(definition)];
    this.all = watches.map((watch) => createAlarm(this, platform, name, watch));
  }
}

function batches({ name: model, serving: { batch } }: ModelDefinition): Watch[] {
  if (!batch) return [];
  const { maximumRowsChange: most, readyBy } = batch;
  const rows: Watch = {
    what: 'batch-rows',
    metric: tidemillMetric({
      model,
      service: 'score',
      metricName: 'RowsChange',
      statistic: 'Maximum',
      period: HOUR,
    }),
    threshold: most,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    description:
      `The rows of a scored day differ by more than ${most} from the median of the days before; ` +
      'see what wrote the input, and score the day again when it is right.',
  };
  if (readyBy === undefined) return [rows];
  const late: Watch = {
    what: 'batch-late',
    metric: tidemillMetric({
      model,
      service: 'pipeline',
      metricName: 'LateOutputs',
      statistic: 'Sum',
      period: HOUR,
    }),
    threshold: 1,
    description:
      `At ${readyBy} UTC the day before was not scored; see the runs of pipeline score, ` +
      `and whether its input came.`,
  };
  return [rows, late];
}

function failedJobs(model: string, kind: (typeof JOB_KINDS)[number]): Watch {
  return {
    what: `${kind}-failed`,
    runbook: 'failed-jobs',
    metric: tidemillMetric({
      model,
      service: kind,
      metricName: 'FailedJobs',
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
    threshold: 1,
    description:
      `A step of the ${kind} pipeline failed; 'tidemill runs ${model}' names the step and the ` +
      `reason, and 'tidemill resume ${model} <run>' goes on with it.`,
  };
}
