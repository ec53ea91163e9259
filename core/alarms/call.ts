/** What people are told when something rings: what, since when, how bad, and what to do. */

import type { RingingAlarm } from '../aws/alarm-book.ts';

export interface Call {
  readonly subject: string;
  readonly text: string;
}

export interface CallContext {
  /** Name of the alarm that called: often one that stands for several. */
  readonly rings: string;
  readonly alarms: readonly RingingAlarm[];
  /** Where the newest report is, for whoever wants to see it. @default there is none */
  readonly report?: string | undefined;
}

/** One message for all that rings, the alarm that rings longest first: it is most likely the cause. */
export function callFor({ rings, alarms, report }: CallContext): Call {
  const oldestFirst = alarms.toSorted((a, b) => a.since.getTime() - b.since.getTime());
  const count = alarms.length === 1 ? '1 alarm rings' : `${alarms.length} alarms ring`;
  return {
    subject: `${rings}: ${count}`,
    text: [
      ...oldestFirst.map(paragraph),
      ...(report === undefined ? [] : [`Newest report: ${report}`]),
    ].join('\n\n'),
  };
}

function paragraph({ name, since, reason, description }: RingingAlarm): string {
  const at = since.toISOString().slice(0, 16).replace('T', ' ');
  return [`${name}, since ${at} UTC`, reason, description].join('\n  ');
}
