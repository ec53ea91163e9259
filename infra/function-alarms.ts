/** Is each function of a model well? */
import { type Alarm, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { createAlarm, MINUTE, MOST_OF_FIVE_MINUTES, type Watch } from './alarms.ts';
import type { ModelFunction, OfModel } from './model-function.ts';

/** Share of the timeout from which calls are about to be cut off. */
const NEAR_TIMEOUT = 0.8;

export interface FunctionAlarmsProps extends OfModel {
  readonly watched: ModelFunction;
}

export class FunctionAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { platform, model, watched }: FunctionAlarmsProps) {
    super(scope, id);
    this.all = watchesOf(watched).map((watch) => createAlarm(this, platform, model, watch));
  }
}

function watchesOf({ function: watched, purpose, timeout, logName }: ModelFunction): Watch[] {
  return [
    {
      what: `${purpose}-errors`,
      runbook: 'errors',
      metric: watched.metricErrors({ statistic: Stats.SUM, period: MINUTE }),
      threshold: 1,
      // The pipeline function runs a few times a day, and one failure is a pipeline that did not start.
      ...(purpose !== 'pipeline' && { periods: MOST_OF_FIVE_MINUTES }),
      description: `Function ${purpose} fails; its log ${logName} says why.`,
    },
    {
      what: `${purpose}-throttles`,
      runbook: 'throttles',
      metric: watched.metricThrottles({ statistic: Stats.SUM, period: MINUTE }),
      threshold: 1,
      periods: MOST_OF_FIVE_MINUTES,
      description: `Function ${purpose} is refused more concurrency; ask AWS for a higher account limit.`,
    },
    {
      what: `${purpose}-slow`,
      runbook: 'slow',
      metric: watched.metricDuration({ statistic: Stats.p(99), period: MINUTE }),
      threshold: timeout.toMilliseconds() * NEAR_TIMEOUT,
      periods: MOST_OF_FIVE_MINUTES,
      description:
        `Function ${purpose} comes near its timeout of ${timeout.toSeconds()} s; ` +
        `give it more memory, which is more CPU, or send less at once.`,
    },
  ];
}
