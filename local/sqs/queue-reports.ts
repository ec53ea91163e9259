/** How long queues are, told to CloudWatch every minute while one of them holds a message. */
import type { Clock } from '../clock.ts';
import type { Metrics } from '../services.ts';
import type { Queue } from './queue.ts';

export interface QueueReports {
  /** Reports now, also that queues are empty, and goes on while one is not. */
  readonly start: () => void;
  /** A message came, so there is something to report in a minute. */
  readonly next: () => void;
  readonly stop: () => void;
}

const MINUTE_MS = 60_000;

export function createQueueReports(
  queues: () => readonly Queue[],
  clock: Clock,
  metrics: Metrics,
): QueueReports {
  let cancel: (() => void) | undefined;
  let started = false;
  const reports: QueueReports = {
    start() {
      cancel = undefined;
      started = true;
      for (const queue of queues()) report(queue, metrics, clock.now());
      if (queues().some(({ holdsMessages }) => holdsMessages)) reports.next();
    },
    next() {
      if (!started) return;
      cancel ??= clock.at(new Date(clock.now().getTime() + MINUTE_MS), reports.start);
    },
    stop() {
      started = false;
      cancel?.();
    },
  };
  return reports;
}

function report(queue: Queue, metrics: Metrics, at: Date): void {
  const { visible, inFlight, oldestAgeSeconds } = queue.counts();
  const put = (name: string, value: number, unit: string): void =>
    metrics.put({
      namespace: 'AWS/SQS',
      name,
      dimensions: { QueueName: queue.name },
      value,
      unit,
      at,
    });
  put('ApproximateNumberOfMessagesVisible', visible, 'Count');
  put('ApproximateNumberOfMessagesNotVisible', inFlight, 'Count');
  put('ApproximateAgeOfOldestMessage', oldestAgeSeconds, 'Seconds');
}
