/** A stream and a telemetry that keep what they are given. */
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

export function memoryTelemetry() {
  const counts: Record<string, number> = {};
  const measured: Record<string, number[]> = {};
  const published: string[] = [];
  const lines: string[] = [];
  const reasons: string[] = [];
  const telemetry: Telemetry = {
    measure: (metric, _unit, value) => {
      (measured[metric] ??= []).push(value);
    },
    count: (metric, value, reason) => {
      if (reason !== undefined) reasons.push(reason);
      counts[metric] = (counts[metric] ?? 0) + value;
    },
    publish: (at) => published.push(at.toISOString()),
    warn: (message, facts) => lines.push(`${message} ${JSON.stringify(facts)}`),
    error: (message, cause, facts) =>
      lines.push(`${message} ${String(cause)} ${JSON.stringify(facts)}`),
  };
  return { ...telemetry, counts, measured, reasons, published, lines };
}
