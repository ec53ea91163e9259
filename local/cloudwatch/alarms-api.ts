/** The operations of CloudWatch on alarms. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { list, number, parseInput, timestamp } from '../wire/input.ts';
import type { Input, Operations, Output } from '../wire/operations.ts';
import type { Alarm, MetricAlarm } from './alarm.ts';
import type { AlarmWatch } from './alarm-watch.ts';

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

const TYPE_OF = { metric: 'MetricAlarm', composite: 'CompositeAlarm' } as const;

const DescribeAlarms = z.object({
  AlarmNames: list(z.string()).optional(),
  AlarmNamePrefix: z.string().default(''),
  StateValue: z.enum(STATES).optional(),
  AlarmTypes: list(z.enum(['MetricAlarm', 'CompositeAlarm'])).default([
    'MetricAlarm',
    'CompositeAlarm',
  ]),
});
const DescribeAlarmHistory = z.object({
  AlarmName: z.string().optional(),
  HistoryItemType: z.string().optional(),
  StartDate: timestamp.optional(),
  EndDate: timestamp.optional(),
  MaxRecords: number.default(100),
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
});
const SetAlarmState = z.object({
  AlarmName: z.string(),
  StateValue: z.enum(STATES),
  StateReason: z.string(),
  StateReasonData: z.string().optional(),
});
const Named = z.object({ AlarmNames: list(z.string()) });

export function alarmOperations(watch: AlarmWatch): Operations {
  const switching = (enabled: boolean) => async (input: Input) => {
    for (const name of parseInput(Named, input, 'ValidationError').AlarmNames) {
      watch.switchActions(existing(watch, name).name, enabled);
    }
    return {};
  };
  return {
    DescribeAlarms: async (input) => describeAlarms(watch, input),
    DescribeAlarmHistory: async (input) => describeHistory(watch, input),
    EnableAlarmActions: switching(true),
    DisableAlarmActions: switching(false),
    async SetAlarmState(input) {
      const request = parseInput(SetAlarmState, input, 'ValidationError');
      watch.overrule(existing(watch, request.AlarmName), {
        state: request.StateValue,
        reason: request.StateReason,
        reasonData: readReasonData(request.StateReasonData),
      });
      await watch.delivered();
      return {};
    },
  };
}

function existing(watch: AlarmWatch, name: string): Alarm {
  const alarm = watch.get(name);
  if (alarm) return alarm;
  const known = watch.alarms().map((one) => one.name);
  throw new AwsError(
    'ResourceNotFound',
    `there is no alarm '${name}'; there are: ${known.join(', ')}`,
    { status: 404 },
  );
}

function readReasonData(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw new AwsError('InvalidFormat', `StateReasonData is no JSON object: ${text}`);
  }
}

function describeAlarms(watch: AlarmWatch, input: Input): Output {
  const request = parseInput(DescribeAlarms, input, 'ValidationError');
  const found = watch
    .alarms()
    .filter(({ name }) => request.AlarmNames?.includes(name) ?? true)
    .filter(({ name }) => name.startsWith(request.AlarmNamePrefix))
    .filter(({ kind }) => request.AlarmTypes.includes(TYPE_OF[kind]))
    .filter(({ name }) => [undefined, watch.stateOf(name).state].includes(request.StateValue))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    MetricAlarms: found
      .filter((alarm) => alarm.kind === 'metric')
      .map((alarm) => Object.assign(describe(watch, alarm), describeCondition(alarm))),
    CompositeAlarms: found
      .filter((alarm) => alarm.kind === 'composite')
      .map((alarm) => Object.assign(describe(watch, alarm), { AlarmRule: alarm.rule })),
  };
}

function describe(watch: AlarmWatch, alarm: Alarm): Output {
  const { state, reason, reasonData, since } = watch.stateOf(alarm.name);
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    ActionsEnabled: watch.actsOf(alarm),
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    StateValue: state,
    StateReason: reason,
    StateReasonData: reasonData && JSON.stringify(reasonData),
    StateUpdatedTimestamp: new Date(since),
    StateTransitionedTimestamp: new Date(since),
  };
}

function describeCondition({ properties }: MetricAlarm): Output {
  return {
    MetricName: properties.MetricName,
    Namespace: properties.Namespace,
    Statistic: properties.Statistic,
    ExtendedStatistic: properties.ExtendedStatistic,
    Dimensions: pairsOf(properties.Dimensions),
    Period: properties.Metrics ? undefined : properties.Period,
    Unit: properties.Unit,
    EvaluationPeriods: properties.EvaluationPeriods,
    DatapointsToAlarm: properties.DatapointsToAlarm,
    Threshold: properties.Threshold,
    ComparisonOperator: properties.ComparisonOperator,
    TreatMissingData: properties.TreatMissingData,
    Metrics: properties.Metrics?.map(({ MetricStat: stat, ...query }) =>
      stat === undefined
        ? query
        : Object.assign(query, {
            MetricStat: {
              ...stat,
              Metric: { ...stat.Metric, Dimensions: pairsOf(stat.Metric.Dimensions) },
            },
          }),
    ),
  };
}

function pairsOf(dimensions: Readonly<Record<string, string>>): { Name: string; Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

function describeHistory(watch: AlarmWatch, input: Input): Output {
  const request = parseInput(DescribeAlarmHistory, input, 'ValidationError');
  const from = request.StartDate?.getTime() ?? 0;
  const to = request.EndDate?.getTime() ?? Infinity;
  const found = watch
    .history()
    .filter(({ alarmName }) => (request.AlarmName ?? alarmName) === alarmName)
    .filter(({ type }) => (request.HistoryItemType ?? type) === type)
    .filter(({ at }) => at >= from && at <= to);
  if (request.ScanBy === 'TimestampAscending') found.reverse();
  const start = Number(request.NextToken ?? 0);
  const end = start + request.MaxRecords;
  return {
    ...(end < found.length && { NextToken: String(end) }),
    AlarmHistoryItems: found.slice(start, end).map((item) => ({
      AlarmName: item.alarmName,
      AlarmType: item.alarmType,
      Timestamp: new Date(item.at),
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
  };
}
