/** What functions tell about themselves: numbers for CloudWatch, lines for whoever reads the log. */
import { Logger } from '@aws-lambda-powertools/logger';
import { embeddedMetrics, type Metrics } from './embedded-metrics.ts';

export interface Telemetry {
  /**
   * Counts something until the next `publish`.
   *
   * @param reason tells counts of one metric apart, beside the whole. @default only the whole
   */
  count(metric: string, value: number, reason?: string): void;
  /** Adds a value whose distribution matters until the next `publish`. */
  measure(metric: string, unit: 'Milliseconds' | 'None', value: number): void;
  /** Prints what was counted, as of `at`. */
  publish(at: Date): void;
  /** Feature values have no place in `facts`: they may be personal. */
  warn(message: string, facts: Readonly<Record<string, unknown>>): void;
  error(message: string, cause: unknown, facts?: Readonly<Record<string, unknown>>): void;
}

export function functionTelemetry(service: string, model: string): Telemetry {
  const logger = new Logger({ serviceName: service, persistentKeys: { model } });
  let metrics: Metrics = embeddedMetrics({ service, model });
  return {
    count: (metric, value, reason) => metrics.add(metric, 'Count', value, reason),
    measure: (metric, unit, value) => metrics.add(metric, unit, value),
    publish: (at) => {
      const lines = metrics.toLines(at);
      metrics = embeddedMetrics({ service, model });
      // Not by console.log, which the runtime gives a prefix that CloudWatch cannot read past.
      for (const line of lines) process.stdout.write(`${line}\n`);
    },
    warn: (message, facts) => {
      logger.warn(message, facts);
    },
    error: (message, cause, facts = {}) => {
      logger.error(message, { error: asError(cause), ...facts });
    },
  };
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
