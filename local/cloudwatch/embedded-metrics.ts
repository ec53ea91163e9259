/** Metrics that are printed: the CloudWatch embedded metric format. */
import * as z from 'zod';
import type { Measurement } from '../services.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const Document = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())).default([[]]),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string().optional() })),
      }),
    ),
  }),
});

const Values = z.union([z.number().transform((value) => [value]), z.array(z.number())]);

/**
 * Returns the metrics that a printed line carries; none for a line in any other format. A metric
 * whose dimension or value is missing is left out, as CloudWatch leaves it out.
 */
export function parseEmbeddedMetrics(line: string): Measurement[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const document = Document.safeParse(parseJson(line));
  if (!document.success) return [];
  const { _aws: head, ...members } = document.data;
  const at = new Date(head.Timestamp);
  return head.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.map((names) => dimensionsOf(names, members))
      .filter((dimensions) => dimensions !== undefined)
      .flatMap((dimensions) =>
        Metrics.flatMap(({ Name: name, Unit: unit }) =>
          (Values.safeParse(members[name]).data ?? []).map((value) => ({
            namespace,
            name,
            dimensions,
            value,
            at,
            unit,
          })),
        ),
      ),
  );
}

function dimensionsOf(
  names: readonly string[],
  members: Readonly<Record<string, unknown>>,
): Record<string, string> | undefined {
  const pairs = names.map((name) => [name, members[name]] as const);
  if (pairs.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line that only looks like a metric is a log line like any other.
    return undefined;
  }
}
