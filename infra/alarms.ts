/** One alarm: what is watched, when it is too much, and what that means to whom it wakes. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { pascalCase } from './names.ts';
import type { Platform } from './platform.ts';

export const MINUTE = Duration.minutes(1);
export const HOUR = Duration.hours(1);

export interface Watch {
  /** Last part of the alarm's name. */
  readonly what: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default at the threshold or above it */
  readonly comparison?: ComparisonOperator;
  /** What it means, and what to do about it. */
  readonly description: string;
  /** Heading of docs/runbook.md that says more. @default `what` */
  readonly runbook?: string;
  /** Periods that are looked at, and how many of them must be bad. @default 1 of 1 */
  readonly periods?: { readonly bad: number; readonly of: number };
  /** @default not breaching: no data means that nothing happened */
  readonly missingData?: TreatMissingData;
  /** What it does by itself; people are called by the ring that it belongs to. @default nothing */
  readonly action?: IAlarmAction;
}

/** Something that goes on, as against one bad minute that has passed. */
export const MOST_OF_FIVE_MINUTES = { bad: 3, of: 5 } as const;

/** @param subject what the alarm is about: a model, or a part of the platform */
export function createAlarm(
  scope: Construct,
  platform: Pick<Platform, 'stackName'>,
  subject: string,
  watch: Watch,
): Alarm {
  const { bad, of } = watch.periods ?? { bad: 1, of: 1 };
  const alarm = new Alarm(scope, pascalCase(watch.what), {
    alarmName: `${platform.stackName}-${subject}-${watch.what}`,
    alarmDescription: `${watch.description} See docs/runbook.md#${watch.runbook ?? watch.what}`,
    metric: watch.metric,
    threshold: watch.threshold,
    comparisonOperator: watch.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: of,
    datapointsToAlarm: bad,
    treatMissingData: watch.missingData ?? TreatMissingData.NOT_BREACHING,
  });
  if (watch.action !== undefined) {
    alarm.addAlarmAction(watch.action);
    // Whoever goes on asking while it rings has to know when it has ended.
    alarm.addOkAction(watch.action);
  }
  return alarm;
}
