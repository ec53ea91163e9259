/** Which times of a schedule have passed. */
import { Cron } from 'croner';
import type { Schedule } from '../model/schedule.ts';

const UNIT_MS = new Map([
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/**
 * Returns the times of a schedule in `(after, before)`, oldest first, and the newest `most` of
 * them where there are more. A rate counts from `after`.
 *
 * @throws {RangeError} if it is neither a rate nor a cron expression of EventBridge
 */
export function timesBetween(schedule: Schedule, after: Date, before: Date, most: number): Date[] {
  const next = nextOf(schedule);
  const times: Date[] = [];
  for (let at = next(after); at !== undefined && at < before; at = next(at)) {
    times.push(at);
    if (times.length > most) times.shift();
  }
  return times;
}

function nextOf(schedule: Schedule): (after: Date) => Date | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  const unitMs = UNIT_MS.get(unit);
  if (unitMs !== undefined) {
    const period = Number(count) * unitMs;
    return (after) => new Date(after.getTime() + period);
  }
  const fields = /^cron\((.*)\)$/.exec(schedule)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) {
    throw new RangeError(`schedule '${schedule}' is neither a rate nor a cron of six fields`);
  }
  const largest = [59, 23, 31, 12, 7, 2199];
  const spelled = fields.map((field, at) =>
    // EventBridge's `5/15` means from 5 on; croner wants the end too.
    field.replaceAll(/(?<![-\d*])(\d+)\/(\d+)/g, `$1-${largest[at]}/$2`),
  );
  const pattern = new Cron(['0', ...spelled].join(' '), {
    timezone: 'UTC',
    // EventBridge counts Sunday as 1.
    alternativeWeekdays: true,
    mode: '7-part',
    paused: true,
  });
  return (after) => pattern.nextRun(after) ?? undefined;
}
