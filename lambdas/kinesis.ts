/** Reads the event that Lambda makes of a batch of Kinesis records. */
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { StreamEvent } from '../core/serve/event.ts';

export function eventsOf({ Records }: KinesisStreamEvent): StreamEvent[] {
  return Records.map(eventOf);
}

function eventOf({ kinesis, eventID, eventSourceARN }: KinesisStreamRecord): StreamEvent {
  return {
    // arn:aws:kinesis:<region>:<account>:stream/<name>
    stream: eventSourceARN.slice(eventSourceARN.lastIndexOf('/') + 1),
    // shardId-000000000000:<sequence number>
    shard: eventID.slice(0, eventID.indexOf(':')),
    sequenceNumber: kinesis.sequenceNumber,
    partitionKey: kinesis.partitionKey,
    arrivedAt: new Date(kinesis.approximateArrivalTimestamp * 1000),
    data: Buffer.from(kinesis.data, 'base64'),
  };
}
