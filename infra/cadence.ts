/** How often a schedule fires, as far as alarms need to know. */
import { Duration } from 'aws-cdk-lib';
import type { Schedule } from '../core/model/schedule.ts';

const HOURS_OF: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24 };

/** CloudWatch looks back a week at most. */
const MOST_HOURS = 168;

/**
 * Returns the time between two runs: of a cron an hour if it names no hour, a day if it names no
 * day, and a week else. An hour at least, since no alarm looks back further than a day in smaller
 * steps, and a week at most.
 *
 * @param schedule without it, somebody runs it by hand
 */
export function cadenceOf(schedule: Schedule | undefined): Duration {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule ?? '');
  if (rate) return hours(Number(rate[1]) * (HOURS_OF[rate[2] ?? ''] ?? 1));
  const [, hour = '*', day, , weekday] = (/^cron\((.*)\)$/.exec(schedule ?? '')?.[1] ?? '').split(
    ' ',
  );
  if (!/^\d+$/.test(hour)) return hours(1);
  return hours([day, weekday].every((one) => one === '*' || one === '?') ? 24 : MOST_HOURS);
}

function hours(count: number): Duration {
  return Duration.hours(Math.min(MOST_HOURS, Math.max(1, Math.round(count))));
}

/** As many of so many periods as CloudWatch can look back to. */
export function within(
  { bad, of }: { readonly bad: number; readonly of: number },
  period: Duration,
): { bad: number; of: number } {
  const most = Math.max(1, Math.min(of, Math.floor(MOST_HOURS / period.toHours())));
  return { bad: Math.min(bad, most), of: most };
}
