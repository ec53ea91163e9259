/** Reads the event that Lambda makes of a batch of Kinesis records. */
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { StreamRecord } from '../core/serve/event.ts';

export function recordsOf({ Records }: KinesisStreamEvent): StreamRecord[] {
  return Records.map(recordOf);
}

function recordOf({ kinesis, eventID, eventSourceARN }: KinesisStreamRecord): StreamRecord {
  // shardId-000000000000:<sequence number>, and a part where one is sent again by itself.
  const end = eventID.indexOf(':');
  const part = eventID.indexOf(':', end + 1);
  return {
    // arn:aws:kinesis:<region>:<account>:stream/<name>
    stream: eventSourceARN.slice(eventSourceARN.lastIndexOf('/') + 1),
    shard: eventID.slice(0, end),
    sequenceNumber: kinesis.sequenceNumber,
    part: part < 0 ? undefined : Number(eventID.slice(part + 1)),
    place: eventID,
    partitionKey: kinesis.partitionKey,
    arrivedAt: new Date(Math.round(kinesis.approximateArrivalTimestamp * 1000)),
    data: Buffer.from(kinesis.data, 'base64'),
  };
}
