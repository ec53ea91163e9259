/**
 * One line in CloudWatch's embedded metric format. Powertools would write the same in fifty times
 * the time, which is more than a prediction takes.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

type Unit = 'Count' | 'Milliseconds' | 'None';

export interface MetricsLine {
  /** Counts are added up; of anything else every value is kept, up to what the format takes. */
  add(metric: string, unit: Unit, value: number, reason?: string): void;
  /** Undefined if nothing was added. */
  toText(at: Date): string | undefined;
}

/** Values of one metric in one line. */
const MOST_VALUES = 100;

interface Added {
  readonly unit: Unit;
  values: number[];
}

export function embeddedMetrics(dimensions: {
  readonly service: string;
  readonly model: string;
}): MetricsLine {
  const metrics = new Map<string, Added>();
  const reasons = new Map<string, string>();
  return {
    add(metric, unit, value, reason) {
      const known = metrics.get(metric);
      if (!known) metrics.set(metric, { unit, values: [value] });
      else if (unit === 'Count') known.values = [known.values[0]! + value];
      else if (known.values.length < MOST_VALUES) known.values.push(value);
      if (reason !== undefined) reasons.set(metric, reason);
    },
    toText(at) {
      if (metrics.size === 0) return undefined;
      const names = [...metrics].map(([Name, { unit: Unit }]) => ({ Name, Unit }));
      const told = names.filter(({ Name }) => reasons.has(Name));
      const CloudWatchMetrics = [directive(['service', 'model'], names)];
      if (told.length > 0) CloudWatchMetrics.push(directive(['service', 'model', 'reason'], told));
      const [reason] = reasons.values();
      return JSON.stringify({
        _aws: { Timestamp: at.getTime(), CloudWatchMetrics },
        ...dimensions,
        ...(reason !== undefined && { reason }),
        ...Object.fromEntries(
          [...metrics].map(([name, { values }]) => [
            name,
            values.length === 1 ? values[0] : values,
          ]),
        ),
      });
    },
  };
}

function directive(dimensions: readonly string[], metrics: readonly object[]) {
  return { Namespace: 'Tidemill', Dimensions: [dimensions], Metrics: metrics };
}
