/** Is the endpoint of a model well, as its callers see it? */
import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ModelDefinition } from '../core/model/index.ts';
import type { GuardrailAlarm } from '../core/model/rollout.ts';
import { createAlarm, MINUTE, MOST_OF_FIVE_MINUTES, type Watch } from './alarms.ts';
import { type MetricName, type Reading, tidemillMetric } from './metrics.ts';
import type { OfModel } from './model-function.ts';

export interface OnlineAlarmsProps extends OfModel {
  readonly serving: NonNullable<ModelDefinition['serving']['online']>;

  /**
   * Looks at a version that is being rolled out when one of these alarms rings.
   *
   * @default nothing is rolled out
   */
  readonly guard?: { readonly on: readonly GuardrailAlarm[]; readonly action: IAlarmAction };
}

export class OnlineAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: OnlineAlarmsProps) {
    super(scope, id);
    const { platform, model, serving, guard } = props;
    this.all = watchesOf(model, serving).map((watch) => {
      const isGuard = guard?.on.some((what) => what === watch.what);
      const action = isGuard ? guard?.action : undefined;
      return createAlarm(this, platform, model, { ...watch, action });
    });
  }
}

function watchesOf(model: string, { maximumLatencyMs }: OnlineAlarmsProps['serving']): Watch[] {
  return [
    {
      what: 'predict-latency',
      metric: predictMetric(model, 'Latency', 'p99'),
      threshold: maximumLatencyMs,
      periods: MOST_OF_FIVE_MINUTES,
      description:
        `One answer in a hundred takes more than ${maximumLatencyMs} ms; give the function more ` +
        'memory, which is more CPU, send fewer rows at once, or declare more maximumLatencyMs.',
    },
    {
      what: 'predict-faults',
      metric: predictMetric(model, 'Faults', 'Sum'),
      threshold: 1,
      periods: MOST_OF_FIVE_MINUTES,
      description:
        'Callers get answers of 500 or 503; the log of function predict says why. If a promotion ' +
        'came just before, roll back.',
    },
    {
      what: 'unsent-records',
      metric: predictMetric(model, 'UnsentRecords', 'Sum'),
      threshold: 1,
      description:
        `The predictions stream refused records, which wait in the bucket under unsent/${model}/; ` +
        `send them again with tidemill resend ${model}, and give the stream more shards if it goes on.`,
    },
    {
      what: 'unkept-records',
      metric: predictMetric(model, 'UnkeptRecords', 'Sum'),
      threshold: 1,
      description:
        'Neither stream nor bucket took records; each stands in the log of function predict as a ' +
        'line with UnkeptRecord.',
    },
    {
      what: 'challenger-failures',
      metric: predictMetric(model, 'ChallengerFailures', 'Sum'),
      threshold: 1,
      description:
        'The challenger fails on what the champion predicts, which answers in its place; ' +
        `stop it with tidemill canary ${model} --stop, then see the log of function predict.`,
    },
  ];
}

function predictMetric(model: string, metricName: MetricName, statistic: Reading['statistic']) {
  return tidemillMetric({ model, service: 'predict', metricName, statistic, period: MINUTE });
}
