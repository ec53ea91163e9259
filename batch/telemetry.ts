/** Numbers for CloudWatch, printed in embedded metric format. */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { StepContext } from './step.ts';

/** Nothing to say about numbers of a moment long past: that is what a backfill prints. */
const QUIET = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: console.error,
};

export function publisherFor(service: string, model: string): StepContext['publish'] {
  return ({ metrics, at }) => {
    const sink = new Metrics({
      namespace: 'Tidemill',
      serviceName: service,
      defaultDimensions: { model },
      logger: QUIET,
    });
    if (at !== undefined) sink.setTimestamp(at);
    for (const [name, { value, unit }] of Object.entries(metrics)) {
      sink.addMetric(name, unit === 'Count' ? MetricUnit.Count : MetricUnit.NoUnit, value);
    }
    sink.publishStoredMetrics();
  };
}
