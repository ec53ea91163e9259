/** The numbers that Lambda itself gives to CloudWatch for each function. */
import type { Clock } from '../clock.ts';
import type { Metrics } from '../services.ts';

export interface LambdaMetrics {
  invoked(functionName: string, result: { failed: boolean; durationMs: number }): void;
  running(functionName: string, calls: number): void;
  throttled(functionName: string): void;
  /** Age of the newest record in a batch from a stream. */
  iteratorAge(functionName: string, ageMs: number): void;
  /** An asynchronous event could not be given to its dead-letter queue or destination. */
  deliveryFailed(functionName: string): void;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function createLambdaMetrics(metrics: Metrics, clock: Clock): LambdaMetrics {
  const put = (functionName: string, name: string, value: number, unit: string): void =>
    metrics.put({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { FunctionName: functionName },
      value,
      unit,
      at: clock.now(),
    });

  return {
    invoked(functionName, { failed, durationMs }) {
      put(functionName, 'Invocations', 1, 'Count');
      put(functionName, 'Errors', failed ? 1 : 0, 'Count');
      put(functionName, 'Throttles', 0, 'Count');
      put(functionName, 'Duration', durationMs, 'Milliseconds');
    },
    running: (functionName, calls) => put(functionName, 'ConcurrentExecutions', calls, 'Count'),
    throttled: (functionName) => put(functionName, 'Throttles', 1, 'Count'),
    iteratorAge: (functionName, ageMs) =>
      put(functionName, 'IteratorAge', Math.max(0, ageMs), 'Milliseconds'),
    deliveryFailed: (functionName) => put(functionName, 'DeadLetterErrors', 1, 'Count'),
  };
}
