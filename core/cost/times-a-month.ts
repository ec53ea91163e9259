/** How often a schedule is due. */
import type { Schedule } from '../model/schedule.ts';
import { MONTH } from './load.ts';

const RATE_SECONDS = { minute: 60, hour: 3600, day: 86_400 } as const;

/** Values that a field of a cron expression can have, for those that are not all of them. */
const VALUES = { minutes: 60, hours: 24, daysOfMonth: MONTH.days, months: 12, daysOfWeek: 7 };

/** Times in an average month; 0 without a schedule. */
export function timesAMonth(schedule: Schedule | undefined): number {
  if (schedule === undefined) return 0;
  const [, every, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (unit === 'minute' || unit === 'hour' || unit === 'day') {
    return MONTH.seconds / (Number(every) * RATE_SECONDS[unit]);
  }
  const fields = schedule.replace(/^cron\(|\)$/g, '').split(/\s+/);
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = Object.values(VALUES).map(
    (values, at) => shareOf(fields[at] ?? '*', values),
  );
  const timesADay = minutes! * VALUES.minutes * hours! * VALUES.hours;
  return timesADay * MONTH.days * daysOfMonth! * months! * daysOfWeek!;
}

/** Share of a field's values that it matches: '*' all, 'MON-FRI' five of seven. */
function shareOf(field: string, values: number): number {
  if (field === '*' || field === '?') return 1;
  return field.split(',').reduce((sum, part) => sum + countOf(part, values), 0) / values;
}

function countOf(part: string, values: number): number {
  const [range = '', step] = part.split('/');
  const [from = '', to] = range.split('-');
  const whole = range === '*' || (step !== undefined && to === undefined);
  const span = whole ? values : to === undefined ? 1 : ordinal(to) - ordinal(from) + 1;
  return span / Number(step ?? 1);
}

const WEEK = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function ordinal(text: string): number {
  const day = WEEK.indexOf(text.toUpperCase());
  return day >= 0 ? day + 1 : Number(text);
}
