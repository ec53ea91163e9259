/** The operations of CloudWatch on metrics. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { list, number, parseInput, timestamp } from '../wire/input.ts';
import type { Input, Operations, Output } from '../wire/operations.ts';
import type { Clock } from '../clock.ts';
import { Dimensions, MetricDataQuery, toQuery } from './alarm.ts';
import { ExpressionError } from './expression.ts';
import type { MetricStore } from './metric-store.ts';
import { periodOf, periodStarts, runQueries } from './query.ts';
import { statisticOf, UnknownStatisticError } from './statistics.ts';

const PutMetricData = z.object({
  Namespace: z.string(),
  MetricData: list(
    z.object({
      MetricName: z.string(),
      Dimensions,
      Timestamp: timestamp.optional(),
      Unit: z.string().optional(),
      Value: number.optional(),
      Values: list(number).default([]),
      Counts: list(number).default([]),
      StatisticValues: z
        .object({ SampleCount: number, Sum: number, Minimum: number, Maximum: number })
        .optional(),
    }),
  ).default([]),
});
type Datum = z.output<typeof PutMetricData>['MetricData'][number];

const GetMetricData = z.object({
  MetricDataQueries: list(MetricDataQuery),
  StartTime: timestamp,
  EndTime: timestamp,
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
});

const GetMetricStatistics = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions,
  StartTime: timestamp,
  EndTime: timestamp,
  Period: number,
  Statistics: list(z.string()).default([]),
  ExtendedStatistics: list(z.string()).default([]),
});

const ListMetrics = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: list(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
});

export function metricOperations(store: MetricStore, clock: Clock): Operations {
  return {
    PutMetricData: async (input) => putMetricData(store, clock, input),
    GetMetricData: async (input) => answering(() => getMetricData(store, input)),
    GetMetricStatistics: async (input) => answering(() => getMetricStatistics(store, input)),
    ListMetrics: async (input) => listMetrics(store, input),
  };
}

function answering(answer: () => Output): Output {
  try {
    return answer();
  } catch (cause) {
    const wrong = cause instanceof ExpressionError || cause instanceof UnknownStatisticError;
    throw wrong ? new AwsError('ValidationError', cause.message) : cause;
  }
}

function putMetricData(store: MetricStore, clock: Clock, input: Input): Output {
  const { Namespace: namespace, MetricData } = parseInput(PutMetricData, input, 'ValidationError');
  for (const datum of MetricData) putDatum(store, namespace, datum, datum.Timestamp ?? clock.now());
  return {};
}

function putDatum(store: MetricStore, namespace: string, datum: Datum, at: Date): void {
  const metric = { namespace, name: datum.MetricName, dimensions: datum.Dimensions };
  const unit = datum.Unit;
  if (datum.StatisticValues) {
    const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = datum.StatisticValues;
    store.putSummary(metric, { count, sum, min, max }, unit, at);
  }
  const single = datum.Value === undefined ? [] : [datum.Value];
  for (const [index, value] of [...datum.Values, ...single].entries()) {
    for (let times = datum.Counts[index] ?? 1; times > 0; times -= 1) {
      store.put({ ...metric, value, unit, at });
    }
  }
}

function getMetricData(store: MetricStore, input: Input): Output {
  const request = parseInput(GetMetricData, input, 'ValidationError');
  const queries = request.MetricDataQueries.map((query) => toQuery(query));
  const { start, end } = span(request.StartTime, request.EndTime, periodOf(queries));
  const series = runQueries(store, queries, start, end);
  const results = queries
    .filter(({ returnData }) => returnData)
    .map(({ id, label, stat, expression }) => {
      const points = [...(series.get(id) ?? [])].toSorted(([a], [b]) => a - b);
      if (request.ScanBy === 'TimestampDescending') points.reverse();
      return {
        Id: id,
        Label: label ?? stat?.metric.name ?? expression,
        Timestamps: points.map(([time]) => new Date(time)),
        Values: points.map(([, value]) => value),
        StatusCode: 'Complete',
      };
    });
  return { MetricDataResults: results, Messages: [] };
}

function getMetricStatistics(store: MetricStore, input: Input): Output {
  const request = parseInput(GetMetricStatistics, input, 'ValidationError');
  const { Namespace: namespace, MetricName: name, Dimensions: dimensions } = request;
  const { start, end } = span(request.StartTime, request.EndTime, request.Period);
  const points = periodStarts(start, end, request.Period).flatMap((time) => {
    const metric = { namespace, name, dimensions };
    const bucket = store.read(metric, time, time + request.Period * 1000);
    if (bucket === undefined) return [];
    const plain = request.Statistics.map((one) => [one, statisticOf(bucket, one)] as const);
    const extended = request.ExtendedStatistics.map(
      (one) => [one, statisticOf(bucket, one)] as const,
    );
    return [
      {
        Timestamp: new Date(time),
        ...Object.fromEntries(plain),
        ...(extended.length > 0 && { ExtendedStatistics: new Map(extended) }),
        Unit: bucket.unit ?? 'None',
      },
    ];
  });
  return { Label: name, Datapoints: points };
}

function listMetrics(store: MetricStore, input: Input): Output {
  const request = parseInput(ListMetrics, input, 'ValidationError');
  const found = store
    .list()
    .filter(
      ({ namespace, name, dimensions }) =>
        (request.Namespace ?? namespace) === namespace &&
        (request.MetricName ?? name) === name &&
        request.Dimensions.every(
          ({ Name, Value }) =>
            Name in dimensions && (Value ?? dimensions[Name]) === dimensions[Name],
        ),
    );
  return {
    Metrics: found.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
  };
}

/** Periods are counted from multiples of their length, as CloudWatch does. */
function span(from: Date, to: Date, periodSeconds: number): { start: number; end: number } {
  const periodMs = periodSeconds * 1000;
  return { start: Math.floor(from.getTime() / periodMs) * periodMs, end: to.getTime() };
}
