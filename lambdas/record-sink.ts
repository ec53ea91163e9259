/** Where the prediction records of the online endpoint go. */
import { type RecordStream, RecordsRefusedError } from '../core/aws/predictions-stream.ts';
import type { PredictionRecord } from '../core/model/records.ts';
import { partitionKeyOf } from '../core/serve/records.ts';
import type { Telemetry } from './telemetry.ts';

export interface RecordSink {
  /** Keeps records. Never throws: an answer that was found is given, whatever becomes of its record. */
  keep(records: readonly PredictionRecord[]): Promise<void>;
}

/**
 * Puts records into the predictions stream. Those that it refuses for good are printed to standard
 * output, whole, one a line, marked `UnkeptRecord`: the function's log is the last place that can
 * still give them back.
 */
export function streamSink(
  stream: RecordStream,
  telemetry: Pick<Telemetry, 'count' | 'error'>,
  print: (line: string) => void = console.log,
): RecordSink {
  return {
    async keep(records) {
      const outgoing = records.map((record) => ({
        partitionKey: partitionKeyOf(record),
        data: Buffer.from(JSON.stringify(record)),
      }));
      try {
        await stream.put(outgoing);
      } catch (cause) {
        const refused = cause instanceof RecordsRefusedError ? cause.refused : [...records.keys()];
        telemetry.count('UnkeptRecords', refused.length);
        telemetry.error('records not kept', cause, { records: refused.length });
        for (const at of refused) print(JSON.stringify({ UnkeptRecord: records[at] }));
      }
    },
  };
}
