/** What a stack has that costs by the month, whether anybody calls or not: read off its template. */

import * as z from 'zod';

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Standing {
  readonly shards: number;
  /** Metrics that alarms watch, each as often as one does: an alarm costs by the metric. */
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Metrics of our own that alarms watch or dashboards show: name and dimensions. */
  readonly metrics: number;
  readonly secrets: number;
}

export function standingOf({ Resources }: Template): Standing {
  const all = Object.values(Resources);
  const ofType = (type: string) => all.filter(({ Type }) => Type === type);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  const dashboards = ofType('AWS::CloudWatch::Dashboard');
  return {
    shards: ofType('AWS::Kinesis::Stream').reduce(
      (sum, { Properties }) => sum + Number(Properties?.['ShardCount'] ?? 1),
      0,
    ),
    alarmMetrics: alarms.reduce((sum, { Properties }) => sum + metricsWatched(Properties), 0),
    compositeAlarms: ofType('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: dashboards.length,
    metrics: new Set([
      ...alarms.flatMap(({ Properties }) => ownMetrics(Properties)),
      ...dashboards.flatMap(({ Properties }) => shownMetrics(Properties?.['DashboardBody'])),
    ]).size,
    secrets: ofType('AWS::SecretsManager::Secret').length,
  };
}

/** Those of an alarm's metrics that are no expressions of the others. */
function metricsWatched(alarm: TemplateResource['Properties']): number {
  const metrics = alarm?.['Metrics'];
  return Array.isArray(metrics) ? metrics.filter((one) => 'MetricStat' in one).length : 1;
}

/** Metrics of the namespace Tidemill anywhere in an alarm, each as text. */
function ownMetrics(within: unknown): string[] {
  if (typeof within !== 'object' || within === null) return [];
  if ('Namespace' in within && within.Namespace === 'Tidemill' && 'MetricName' in within) {
    const dimensions = 'Dimensions' in within ? Dimensions.parse(within.Dimensions) : [];
    return [nameOf(String(within.MetricName), dimensions)];
  }
  return Object.values(within).flatMap(ownMetrics);
}

const Dimensions = z.array(
  z.object({ Name: z.string(), Value: z.string() }).transform(({ Name, Value }) => [Name, Value]),
);

/** The same in a dashboard's body, whose text has gaps where CloudFormation writes names. */
function shownMetrics(body: unknown): string[] {
  const text = typeof body === 'string' ? body : [body].flatMap(textsIn).join('?');
  return [...text.matchAll(/"Tidemill","(\w+)"((?:,"[^"]*")*)/g)].map(
    ([, name = '', more = '']) => {
      const words = [...more.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
      const dimensions = words.flatMap((word, at) =>
        at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [],
      );
      return nameOf(name, dimensions);
    },
  );
}

function textsIn(within: unknown): string[] {
  if (typeof within === 'string') return [within];
  return typeof within === 'object' && within !== null
    ? Object.values(within).flatMap(textsIn)
    : [];
}

function nameOf(metric: string, dimensions: readonly (readonly string[])[]): string {
  return [metric, ...dimensions.map((pair) => pair.join('=')).toSorted()].join(' ');
}
