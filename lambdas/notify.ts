/** Calls people: an alarm that rings becomes one message that says what, since when and how bad. */
import { noticesTo } from '../core/aws/notices.ts';
import { type AlarmBook, cloudWatchAlarms } from '../core/aws/alarm-book.ts';
import { callFor } from '../core/alarms/call.ts';
import { parseRing } from '../core/alarms/ring.ts';
import type { ObjectStore } from '../core/aws/objects.ts';
import { s3Objects } from '../core/aws/s3-objects.ts';
import { requireEnv } from '../core/env.ts';
import { newestReport } from '../core/alarms/newest-report.ts';

export interface NotifyParts {
  readonly alarms: AlarmBook;
  readonly objects: Pick<ObjectStore, 'list'>;
  /** Alarms of a model are called `<prefix><model>-<one word>`. */
  readonly prefix: string;
  readonly tell: (subject: string, message: string) => Promise<void>;
  /** The address of an object for a person. */
  readonly addressOf: (key: string) => string;
}

export type NotifyHandler = (event: unknown) => Promise<void>;

/** Fails if people could not be told: Lambda tries again, and then hands the event on as it is. */
export function createHandler(parts: NotifyParts): NotifyHandler {
  return async (event) => {
    const { alarm, at, reason, description, over } = parseRing(event);
    const [ringing, report] = await Promise.all([
      parts.alarms.ringing(over),
      newestReport(parts.objects, modelOf(alarm, parts.prefix), at),
    ]);
    const itself = { name: alarm, since: at, reason, description };
    const { subject, text } = callFor({
      rings: alarm,
      // What rang may be over by now; that it rang is worth saying all the same.
      alarms: ringing.length > 0 ? ringing : [itself],
      report: report === undefined ? undefined : parts.addressOf(report),
    });
    await parts.tell(subject, text);
  };
}

function modelOf(alarm: string, prefix: string): string {
  return alarm.slice(prefix.length).replace(/-[^-]*$/, '');
}

let configured: NotifyHandler | undefined;

export const handler: NotifyHandler = (event) => {
  const bucket = requireEnv('BUCKET');
  configured ??= createHandler({
    alarms: cloudWatchAlarms(),
    objects: s3Objects(bucket),
    prefix: `${requireEnv('STACK')}-`,
    tell: noticesTo(requireEnv('ALARM_TOPIC')),
    addressOf: (key) => `s3://${bucket}/${key}`,
  });
  return configured(event);
};
