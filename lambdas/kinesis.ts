/** Reads the event that Lambda makes of a batch of Kinesis records. */
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { StreamRecord } from '../core/serve/event.ts';

export function recordsOf({ Records }: KinesisStreamEvent): StreamRecord[] {
  return Records.map(recordOf);
}

function recordOf({ kinesis, eventID, eventSourceARN }: KinesisStreamRecord): StreamRecord {
  // shardId-000000000000:<sequence number>, and a part where one is sent again by itself.
  const [shard = '', , part] = eventID.split(':');
  return {
    // arn:aws:kinesis:<region>:<account>:stream/<name>
    stream: eventSourceARN.slice(eventSourceARN.lastIndexOf('/') + 1),
    shard,
    sequenceNumber: kinesis.sequenceNumber,
    part: part === undefined ? undefined : Number(part),
    partitionKey: kinesis.partitionKey,
    arrivedAt: new Date(Math.round(kinesis.approximateArrivalTimestamp * 1000)),
    data: Buffer.from(kinesis.data, 'base64'),
  };
}
