/**
 * Lines in CloudWatch's embedded metric format. Powertools would write the same in fifty times
 * the time, which is more than a prediction takes.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

type Unit = 'Count' | 'Milliseconds' | 'None';

export interface Metrics {
  /**
   * Counts are added up; of anything else every value is kept, up to what the format takes. A
   * reason counts by itself too, beside the whole.
   */
  add(metric: string, unit: Unit, value: number, reason?: string): void;
  /** One line for the whole, and one for each reason, since a line has one value a dimension. */
  toLines(at: Date): string[];
}

/** Values of one metric in one line. */
const MOST_VALUES = 100;

interface Added {
  readonly unit: Unit;
  values: number[];
}

export function embeddedMetrics(dimensions: Readonly<Record<string, string>>): Metrics {
  const metrics = new Map<string, Added>();
  const reasons = new Map<string, Metrics>();
  return {
    add(metric, unit, value, reason) {
      const known = metrics.get(metric);
      if (!known) metrics.set(metric, { unit, values: [value] });
      else if (unit === 'Count') known.values = [known.values[0]! + value];
      else if (known.values.length < MOST_VALUES) known.values.push(value);
      if (reason === undefined) return;
      const alone = reasons.get(reason) ?? embeddedMetrics({ ...dimensions, reason });
      alone.add(metric, unit, value);
      reasons.set(reason, alone);
    },
    toLines(at) {
      if (metrics.size === 0) return [];
      const whole = JSON.stringify({
        _aws: {
          Timestamp: at.getTime(),
          CloudWatchMetrics: [
            {
              Namespace: 'Tidemill',
              Dimensions: [Object.keys(dimensions)],
              Metrics: [...metrics].map(([Name, { unit: Unit }]) => ({ Name, Unit })),
            },
          ],
        },
        ...dimensions,
        ...Object.fromEntries(
          [...metrics].map(([name, { values }]) => [
            name,
            values.length === 1 ? values[0] : values,
          ]),
        ),
      });
      return [whole, ...[...reasons.values()].flatMap((alone) => alone.toLines(at))];
    },
  };
}
