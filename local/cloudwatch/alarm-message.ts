/** What an alarm tells the topics and functions that are its actions. */
import type { Place } from '../resource.ts';
import type { Alarm, AlarmState, MetricAlarm } from './alarm.ts';

/** A state an alarm is or was in. */
export interface StateRecord {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: Readonly<Record<string, unknown>> | undefined;
  /** Epoch milliseconds. */
  readonly since: number;
}

export interface Transition {
  readonly alarm: Alarm;
  readonly before: StateRecord;
  readonly after: StateRecord;
}

/** The subject and JSON text that CloudWatch publishes to a topic. */
export function topicMessage(
  place: Place,
  { alarm, before, after }: Transition,
): { readonly subject: string; readonly message: string } {
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: place.account,
    AlarmConfigurationUpdatedTimestamp: awsTime(after.since),
    NewStateValue: after.state,
    NewStateReason: after.reason,
    StateChangeTime: awsTime(after.since),
    Region: place.region,
    AlarmArn: alarm.arn,
    OldStateValue: before.state,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    ...(alarm.kind === 'metric' ? { Trigger: triggerOf(alarm) } : { AlarmRule: alarm.rule }),
  };
  const subject = `${after.state}: "${alarm.name}" in ${place.region}`.slice(0, 100);
  return { subject, message: JSON.stringify(message) };
}

function triggerOf({ condition, properties }: MetricAlarm): Record<string, unknown> {
  const rule = {
    Period: condition.periodSeconds,
    EvaluationPeriods: condition.evaluationPeriods,
    DatapointsToAlarm: condition.datapointsToAlarm,
    ComparisonOperator: condition.comparison,
    Threshold: condition.threshold,
    TreatMissingData: condition.missingData,
    EvaluateLowSampleCountPercentile: '',
  };
  const [query] = condition.queries;
  if (properties.Metrics || query?.stat === undefined) {
    return { ...rule, Metrics: properties.Metrics ?? [] };
  }
  const { metric, statistic } = query.stat;
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    StatisticType: properties.ExtendedStatistic ? 'ExtendedStatistic' : 'Statistic',
    [properties.ExtendedStatistic ? 'ExtendedStatistic' : 'Statistic']: properties.ExtendedStatistic
      ? statistic
      : statistic.toUpperCase(),
    Unit: properties.Unit ?? null,
    Dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ value, name })),
    ...rule,
  };
}

/** The JSON text of the event that CloudWatch calls a function with. */
export function functionEvent(place: Place, { alarm, before, after }: Transition): string {
  return JSON.stringify({
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId: place.account,
    time: awsTime(after.since),
    region: place.region,
    alarmData: {
      alarmName: alarm.name,
      state: eventState(after),
      previousState: eventState(before),
      configuration: configurationOf(alarm),
    },
  });
}

function eventState({ state, reason, reasonData, since }: StateRecord): Record<string, unknown> {
  return {
    value: state,
    reason,
    ...(reasonData && { reasonData: JSON.stringify(reasonData) }),
    timestamp: awsTime(since),
  };
}

function configurationOf(alarm: Alarm): Record<string, unknown> {
  const { description } = alarm;
  if (alarm.kind === 'composite') return { description, alarmRule: alarm.rule };
  return {
    description,
    metrics: alarm.condition.queries.map(({ id, stat, expression, label, returnData }) => ({
      id,
      expression,
      label,
      returnData,
      metricStat: stat && {
        metric: {
          namespace: stat.metric.namespace,
          name: stat.metric.name,
          dimensions: stat.metric.dimensions,
        },
        period: stat.periodSeconds,
        stat: stat.statistic,
      },
    })),
  };
}

/** For instance 2026-11-24T20:00:00.000+0000. */
function awsTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}
