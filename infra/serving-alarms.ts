/** Does everything between a model's functions move: streams, queue, model files? */
import { type Alarm, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { createAlarm, MINUTE, MOST_OF_FIVE_MINUTES, type Watch } from './alarms.ts';
import { tidemillMetric } from './metrics.ts';
import type { ServingParts } from './model.ts';
import type { ModelFunction, OfModel } from './model-function.ts';

const FIVE_MINUTES = Duration.minutes(5);

export interface ServingAlarmsProps extends OfModel {
  readonly serving: ServingParts;
}

export class ServingAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { platform, model, serving }: ServingAlarmsProps) {
    super(scope, id);
    const watches = [
      ...lag(serving.consumer?.consume, Duration.minutes(5), 'Predictions come late'),
      // A day later the stream would drop what was not kept.
      ...lag(serving.archive?.archive, Duration.minutes(30), 'Predictions wait to be kept in S3'),
      ...failures(model, serving),
      ...loads(model, serving),
    ];
    this.all = watches.map((watch) => createAlarm(this, platform, model, watch));
  }
}

function lag(reader: ModelFunction | undefined, limit: Duration, meaning: string): Watch[] {
  if (!reader) return [];
  return [
    {
      what: `${reader.purpose}-lag`,
      runbook: 'lag',
      metric: reader.function.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: MINUTE }),
      threshold: limit.toMilliseconds(),
      periods: MOST_OF_FIVE_MINUTES,
      description:
        `${meaning}: function ${reader.purpose} is more than ${limit.toMinutes()} minutes behind ` +
        `its stream; look at its errors, then at the number of shards in the declaration.`,
    },
  ];
}

function failures(model: string, { consumer }: ServingParts): Watch[] {
  if (!consumer) return [];
  return [
    {
      what: 'failures-waiting',
      metric: consumer.failures.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: MINUTE,
      }),
      threshold: 1,
      description:
        'Batches of events were given up; the log of function consume says why. Mend that, and ' +
        `'tidemill redrive ${model}' sends them again.`,
    },
  ];
}

function loads(model: string, { online, consumer }: ServingParts): Watch[] {
  const loaders = [online?.predict, consumer?.consume].filter((one) => one !== undefined);
  return loaders.map(({ purpose: service }) => ({
    what: `${service}-model-load-failures`,
    runbook: 'model-load-failures',
    metric: tidemillMetric({
      model,
      service,
      metricName: 'ModelLoadFailures',
      statistic: 'Sum',
      period: FIVE_MINUTES,
    }),
    threshold: 1,
    description:
      `Function ${service} cannot load the champion's file and serves an older version or none; ` +
      'roll back to the version before, then see its log.',
  }));
}
