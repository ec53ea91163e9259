/**
 * The event that S3 sends to EventBridge when an object was put.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Place } from '../resource.ts';
import type { BusEvent } from '../services.ts';
import type { StoredObject } from './bucket.ts';

const Notifications = z.object({
  EventBridgeConfiguration: z.object({
    EventBridgeEnabled: z.stringbool().or(z.boolean()).default(true),
  }),
});

/** Whether the template asks a bucket to send its events; only to EventBridge it can. */
export function sendsEvents(configuration: unknown): boolean {
  const parsed = Notifications.safeParse(configuration);
  return parsed.success && parsed.data.EventBridgeConfiguration.EventBridgeEnabled;
}

let sequence = 0;

export function objectCreated(
  { account, partition }: Place,
  clock: Clock,
  { bucket, key, object }: { bucket: string; key: string; object: StoredObject },
): BusEvent {
  const at = clock.now();
  sequence++;
  return {
    source: 'aws.s3',
    detailType: 'Object Created',
    resources: [`arn:${partition}:s3:::${bucket}`],
    at,
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        size: object.size,
        etag: object.etag,
        sequencer:
          `${at.getTime().toString(16)}${sequence.toString(16).padStart(8, '0')}`.toUpperCase(),
      },
      requester: account,
      reason: object.partSizes ? 'CompleteMultipartUpload' : 'PutObject',
    },
  };
}
