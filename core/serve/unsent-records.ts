/** Prediction records that the predictions stream did not take: kept in the bucket until they are sent again. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../aws/objects.ts';
import type { RecordStream } from '../aws/predictions-stream.ts';
import { layout } from '../model/layout.ts';
import type { PredictionRecord } from '../model/records.ts';
import { partitionKeyOf } from './records.ts';

export interface UnsentRecords {
  /** Keeps records; the same ones leave one object. */
  setAside(records: readonly PredictionRecord[]): Promise<void>;
}

export function unsentRecords(
  objects: Pick<ObjectStore, 'putIfAbsent'>,
  model: string,
): UnsentRecords {
  return {
    async setAside(records) {
      const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
      const hash = createHash('sha256').update(lines).digest('hex').slice(0, 32);
      const key = `${layout.unsent(model)}${hash}.jsonl`;
      await objects.putIfAbsent(key, lines, 'application/x-ndjson');
    },
  };
}

/**
 * Sends every record that waits. One that was sent before an interruption is sent twice, under the
 * same id.
 *
 * @returns how many were sent
 * @throws {RecordsRefusedError} if the stream still refuses some; they go on waiting
 */
export async function resendUnsent(
  objects: Pick<ObjectStore, 'list' | 'get' | 'remove'>,
  stream: RecordStream,
  model: string,
): Promise<number> {
  let sent = 0;
  for (const { key } of await objects.list(layout.unsent(model))) {
    const lines = Buffer.from(await objects.get(key))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const records = lines.map((line): PredictionRecord => JSON.parse(line));
    await stream.put(
      records.map((record) => ({
        partitionKey: partitionKeyOf(record),
        data: Buffer.from(JSON.stringify(record)),
      })),
    );
    await objects.remove(key);
    sent += records.length;
  }
  return sent;
}
