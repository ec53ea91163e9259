/** Where the prediction records of the online endpoint go. */
import { type RecordStream, RecordsRefusedError } from '../core/aws/predictions-stream.ts';
import type { PredictionRecord } from '../core/model/records.ts';
import type { UnsentRecords } from '../core/serve/unsent-records.ts';
import { recordText } from '../core/serve/record-text.ts';
import { partitionKeyOf } from '../core/serve/records.ts';
import type { Telemetry } from './telemetry.ts';

export interface RecordSink {
  /** Keeps records. Never throws: an answer that was found is given, whatever becomes of its record. */
  keep(records: readonly PredictionRecord[]): Promise<void>;
}

export interface StreamSinkParts {
  readonly stream: RecordStream;
  /** Where records wait that the stream does not take. */
  readonly unsent: UnsentRecords;
  readonly telemetry: Pick<Telemetry, 'count' | 'error'>;
  /** @default standard output */
  readonly print?: (line: string) => void;
}

/**
 * Puts records into the predictions stream. Those that it refuses for good wait in the bucket,
 * from where `tidemill resend` sends them again. Where that is out of reach too, they are printed,
 * whole, one a line, marked `UnkeptRecord`: the log is the last place that can give them back.
 */
export function streamSink({ stream, unsent, telemetry, print }: StreamSinkParts): RecordSink {
  const printed = print ?? ((line: string) => process.stdout.write(`${line}\n`));
  return {
    async keep(records) {
      const outgoing = records.map((record) => ({
        partitionKey: partitionKeyOf(record),
        data: Buffer.from(recordText(record)),
      }));
      try {
        await stream.put(outgoing);
        return;
      } catch (cause) {
        const refused = cause instanceof RecordsRefusedError ? cause.refused : [...records.keys()];
        telemetry.count('UnsentRecords', refused.length);
        telemetry.error('records not sent', cause, { records: refused.length });
        await setAside(refused.map((at) => records[at]!));
      }
    },
  };

  async function setAside(records: readonly PredictionRecord[]): Promise<void> {
    try {
      await unsent.setAside(records);
    } catch (cause) {
      telemetry.count('UnkeptRecords', records.length);
      telemetry.error('records not kept', cause, { records: records.length });
      for (const record of records) printed(JSON.stringify({ UnkeptRecord: record }));
    }
  }
}
