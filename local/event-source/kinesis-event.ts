/**
 * The event that a function gets for a batch from Kinesis.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
import type { StreamRecord } from './stream.ts';

export interface KinesisSource {
  readonly streamArn: string;
  readonly shardId: string;
  readonly roleArn: string;
  readonly region: string;
}

/** What a record costs in the event beside its data and its key. */
const RECORD_OVERHEAD_BYTES = 700;

/** Returns the event as JSON text. */
export function kinesisEvent(
  records: readonly StreamRecord[],
  { streamArn, shardId, roleArn, region }: KinesisSource,
): string {
  return JSON.stringify({
    Records: records.map((record) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: record.partitionKey,
        sequenceNumber: record.sequenceNumber,
        data: record.data,
        approximateArrivalTimestamp: record.arrivedAt.getTime() / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${record.sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: roleArn,
      awsRegion: region,
      eventSourceARN: streamArn,
    })),
  });
}

/** Returns how many records from the first on fit into one event; at least one. */
export function countThatFit(
  records: readonly StreamRecord[],
  mostRecords: number,
  mostBytes: number,
): number {
  let bytes = 0;
  let count = 0;
  for (const { data, partitionKey } of records) {
    // A key may hold characters of up to four bytes.
    bytes += data.length + partitionKey.length * 4 + RECORD_OVERHEAD_BYTES;
    if (count > 0 && (count === mostRecords || bytes > mostBytes)) break;
    count += 1;
  }
  return count;
}
