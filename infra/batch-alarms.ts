/** Is a batch there when it is needed, and as large as usual? */
import { type Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import { createAlarm, HOUR, type Watch } from './alarms.ts';
import { tidemillMetric } from './metrics.ts';
import type { Platform } from './platform.ts';

export interface BatchAlarmsProps {
  readonly platform: Platform;
  readonly definition: ModelDefinition;
}

export class BatchAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { platform, definition }: BatchAlarmsProps) {
    super(scope, id);
    this.all = watchesOf(definition).map((watch) =>
      createAlarm(this, platform, definition.name, watch),
    );
  }
}

function watchesOf({ name: model, serving: { batch } }: ModelDefinition): Watch[] {
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
