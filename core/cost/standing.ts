/** What a stack has that costs by the month, whether anybody calls or not: read off its template. */

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Standing {
  readonly shards: number;
  readonly alarms: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Metrics of our own that alarms watch: name and dimensions. */
  readonly metrics: number;
  readonly secrets: number;
}

export function standingOf({ Resources }: Template): Standing {
  const all = Object.values(Resources);
  const ofType = (type: string) => all.filter(({ Type }) => Type === type);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  return {
    shards: ofType('AWS::Kinesis::Stream').reduce(
      (sum, { Properties }) => sum + Number(Properties?.['ShardCount'] ?? 1),
      0,
    ),
    alarms: alarms.length,
    compositeAlarms: ofType('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    metrics: new Set(alarms.flatMap(({ Properties }) => ownMetrics(Properties))).size,
    secrets: ofType('AWS::SecretsManager::Secret').length,
  };
}

/** Metrics of the namespace Tidemill anywhere in an alarm, each as text. */
function ownMetrics(within: unknown): string[] {
  if (typeof within !== 'object' || within === null) return [];
  if ('Namespace' in within && within.Namespace === 'Tidemill' && 'MetricName' in within) {
    const dimensions = 'Dimensions' in within ? within.Dimensions : [];
    return [JSON.stringify([within.MetricName, dimensions])];
  }
  return Object.values(within).flatMap(ownMetrics);
}
