/** Schedules as EventBridge writes them, from words that people use. All times are UTC. */

export type Weekday =
  | 'monday'
  | 'tuesday'
  | 'wednesday'
  | 'thursday'
  | 'friday'
  | 'saturday'
  | 'sunday';

/** An EventBridge schedule expression: `rate(...)` or `cron(...)`. */
export type Schedule = `rate(${string})` | `cron(${string})`;

export function hourly(options: { readonly minute: number } = { minute: 0 }): Schedule {
  return `cron(${options.minute} * * * ? *)`;
}

/** Every day at a time such as '03:00'. @throws {RangeError} if the time is not HH:MM */
export function daily(options: { readonly at: string }): Schedule {
  const { hour, minute } = timeOfDay(options.at);
  return `cron(${minute} ${hour} * * ? *)`;
}

/** Every week on a day at a time such as '04:00'. @throws {RangeError} if the time is not HH:MM */
export function weekly(options: { readonly on: Weekday; readonly at: string }): Schedule {
  const { hour, minute } = timeOfDay(options.at);
  return `cron(${minute} ${hour} ? * ${options.on.slice(0, 3).toUpperCase()} *)`;
}

/**
 * Any times, in the words of EventBridge: minutes, hours, day of month, month, day of week, year.
 *
 * @public
 * @throws {RangeError} if there are not six fields, or not one of the days is '?'
 * @example cron('0 6 ? * MON-FRI *')
 */
export function cron(expression: string): Schedule {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 6 || [fields[2], fields[4]].filter((day) => day === '?').length !== 1) {
    throw new RangeError(
      `cron '${expression}' must have six fields, one of its days being '?'; ` +
        "write for example '0 6 ? * MON-FRI *'",
    );
  }
  return `cron(${fields.join(' ')})`;
}

function timeOfDay(text: string): { hour: number; minute: number } {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!match) throw new RangeError(`time '${text}' is not HH:MM; write for example '03:00'`);
  return { hour: Number(match[1]), minute: Number(match[2]) };
}
