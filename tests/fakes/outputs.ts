/** A stream, a queue and a telemetry that keep what they are given. */
import type { FailuresQueue, RejectedRecord } from '../../core/aws/failures-queue.ts';
import {
  type OutgoingRecord,
  type RecordStream,
  RecordsRefusedError,
} from '../../core/aws/predictions-stream.ts';
import type { PredictionRecord } from '../../core/model/records.ts';
import type { Telemetry } from '../../lambdas/telemetry.ts';

/** A stream that refuses the records for which `refuses` says so. */
export function memoryStream(refuses: (position: number) => boolean = () => false) {
  const put: OutgoingRecord[] = [];
  const stream: RecordStream = {
    async put(records) {
      const positions = [...records.keys()];
      put.push(...records.filter((_, position) => !refuses(position)));
      const refused = positions.filter(refuses);
      if (refused.length > 0) {
        throw new RecordsRefusedError('predictions', refused, records.length, 'slow down');
      }
    },
  };
  return {
    ...stream,
    keys: () => put.map(({ partitionKey }) => partitionKey),
    records: () =>
      put.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as PredictionRecord),
  };
}

export function memoryQueue() {
  const sent: RejectedRecord[] = [];
  const queue: FailuresQueue = {
    async send(rejected) {
      sent.push(...rejected);
    },
  };
  return { ...queue, sent };
}

export function memoryTelemetry() {
  const counts: Record<string, number> = {};
  const published: string[] = [];
  const lines: string[] = [];
  const reasons: string[] = [];
  const telemetry: Telemetry = {
    measure: () => {},
    count: (metric, value, reason) => {
      if (reason !== undefined) reasons.push(reason);
      counts[metric] = (counts[metric] ?? 0) + value;
    },
    publish: (at) => published.push(at.toISOString()),
    warn: (message, facts) => lines.push(`${message} ${JSON.stringify(facts)}`),
    error: (message, cause, facts) =>
      lines.push(`${message} ${String(cause)} ${JSON.stringify(facts)}`),
  };
  return { ...telemetry, counts, reasons, published, lines };
}
