/** Alarms as the template declares them. */
import * as z from 'zod';
import { flag, list } from '../wire/input.ts';
import type { Query } from './query.ts';

export const Dimensions = list(z.object({ Name: z.string(), Value: z.string() }))
  .default([])
  .transform((pairs) => Object.fromEntries(pairs.map(({ Name, Value }) => [Name, Value] as const)));

const MetricStat = z.object({
  Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions }),
  Period: z.coerce.number(),
  Stat: z.string(),
  Unit: z.string().optional(),
});

export const MetricDataQuery = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  MetricStat: MetricStat.optional(),
  ReturnData: flag.optional(),
});

const COMPARISONS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

const Actions = {
  ActionsEnabled: flag.default(true),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  InsufficientDataActions: z.array(z.string()).default([]),
};

/** The properties of AWS::CloudWatch::Alarm. */
const AlarmProperties = z.object({
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ...Actions,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions,
  Period: z.coerce.number().default(60),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Unit: z.string().optional(),
  Metrics: z.array(MetricDataQuery).optional(),
  EvaluationPeriods: z.coerce.number().int().min(1),
  DatapointsToAlarm: z.coerce.number().int().min(1).optional(),
  Threshold: z.coerce.number(),
  ComparisonOperator: z.enum(COMPARISONS),
  TreatMissingData: z.enum(MISSING_DATA).default('missing'),
});

/** The properties of AWS::CloudWatch::CompositeAlarm. */
const CompositeAlarmProperties = z.object({
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ...Actions,
  AlarmRule: z.string(),
});

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface Acting {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly actionsEnabled: boolean;
  /** ARNs of topics and functions that hear when the alarm takes the state. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

/** What decides the state of an alarm on metrics. */
export interface Condition {
  /** The one that returns data is what the threshold is for. */
  readonly queries: readonly Query[];
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: (typeof COMPARISONS)[number];
  readonly missingData: (typeof MISSING_DATA)[number];
}

export interface MetricAlarm extends Acting {
  readonly kind: 'metric';
  readonly condition: Condition;
  readonly properties: z.output<typeof AlarmProperties>;
}

export interface CompositeAlarm extends Acting {
  readonly kind: 'composite';
  readonly rule: string;
}

export type Alarm = MetricAlarm | CompositeAlarm;

/** @throws {ZodError} if the properties are not those of an alarm that the region can evaluate */
export function readAlarm(name: string, arn: string, given: unknown): MetricAlarm {
  const properties = AlarmProperties.parse(given);
  const queries = queriesOf(name, properties);
  return {
    kind: 'metric',
    ...acting(name, arn, properties),
    properties,
    condition: {
      queries,
      periodSeconds: Math.max(...queries.map(({ stat }) => stat?.periodSeconds ?? 60)),
      evaluationPeriods: properties.EvaluationPeriods,
      datapointsToAlarm: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
      threshold: properties.Threshold,
      comparison: properties.ComparisonOperator,
      missingData: properties.TreatMissingData,
    },
  };
}

export function readCompositeAlarm(name: string, arn: string, given: unknown): CompositeAlarm {
  const properties = CompositeAlarmProperties.parse(given);
  return { kind: 'composite', ...acting(name, arn, properties), rule: properties.AlarmRule };
}

function acting(
  name: string,
  arn: string,
  properties: z.output<typeof CompositeAlarmProperties> | z.output<typeof AlarmProperties>,
): Acting {
  return {
    name,
    arn,
    description: properties.AlarmDescription,
    actionsEnabled: properties.ActionsEnabled,
    actions: {
      ALARM: properties.AlarmActions,
      OK: properties.OKActions,
      INSUFFICIENT_DATA: properties.InsufficientDataActions,
    },
  };
}

function queriesOf(name: string, properties: z.output<typeof AlarmProperties>): Query[] {
  if (properties.Metrics) return properties.Metrics.map((query) => toQuery(query));
  const { Namespace: namespace, MetricName: metricName } = properties;
  const statistic = properties.ExtendedStatistic ?? properties.Statistic;
  if (namespace === undefined || metricName === undefined || statistic === undefined) {
    throw new Error(
      `alarm '${name}' watches nothing; give it Namespace, MetricName and Statistic, or Metrics`,
    );
  }
  const metric = { namespace, name: metricName, dimensions: properties.Dimensions };
  return [
    { id: 'm1', stat: { metric, statistic, periodSeconds: properties.Period }, returnData: true },
  ];
}

/** Reads a metric data query, as templates and GetMetricData write it. */
export function toQuery(query: z.output<typeof MetricDataQuery>): Query {
  const { MetricStat: stat } = query;
  return {
    id: query.Id,
    expression: query.Expression,
    label: query.Label,
    returnData: query.ReturnData ?? true,
    stat: stat && {
      metric: {
        namespace: stat.Metric.Namespace,
        name: stat.Metric.MetricName,
        dimensions: stat.Metric.Dimensions,
      },
      statistic: stat.Stat,
      periodSeconds: stat.Period,
    },
  };
}
