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

function timeOfDay(text: string): { hour: number; minute: number } {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!match) throw new RangeError(`time '${text}' is not HH:MM; write for example '03:00'`);
  return { hour: Number(match[1]), minute: Number(match[2]) };
}
