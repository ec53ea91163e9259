/** What functions tell about themselves: numbers for CloudWatch, lines for whoever reads the log. */
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import { Logger } from '@aws-lambda-powertools/logger';

export interface Telemetry {
  /** Counts something until the next `publish`. */
  count(metric: string, value: number): void;
  /** Prints what was counted, as of `at`. */
  publish(at: Date): void;
  /** Feature values have no place in `facts`: they may be personal. */
  warn(message: string, facts: Readonly<Record<string, unknown>>): void;
  error(message: string, cause: unknown, facts?: Readonly<Record<string, unknown>>): void;
}

/** Powertools warns of moments long past; an event that is replayed has such a one. */
const QUIET = { ...console, warn: () => {} };

export function functionTelemetry(service: string, model: string): Telemetry {
  const logger = new Logger({ serviceName: service, persistentKeys: { model } });
  const metrics = new Metrics({
    namespace: 'Tidemill',
    serviceName: service,
    defaultDimensions: { model },
    logger: QUIET,
  });
  return {
    count: (metric, value) => {
      metrics.addMetric(metric, MetricUnit.Count, value);
    },
    publish: (at) => {
      if (metrics.hasStoredMetrics()) metrics.setTimestamp(at).publishStoredMetrics();
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
