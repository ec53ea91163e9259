/**
 * Schedule expressions of EventBridge: `rate(...)`, `cron(...)` and `at(...)`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
import { Cron } from 'croner';

/** Tells when a schedule fires next. */
export interface ScheduleExpression {
  /** The first time after `after`, or undefined if there is none. */
  next(after: Date): Date | undefined;
}

/** An expression that EventBridge would refuse. */
class ScheduleExpressionError extends Error {
  override readonly name = 'ScheduleExpressionError';

  constructor(expression: string, wrong: string) {
    super(
      `schedule '${expression}' ${wrong}; ` +
        'write for instance rate(5 minutes), cron(0 3 ? * MON-FRI *) or at(2026-11-24T20:00:00)',
    );
  }
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads an expression.
 *
 * @param timezone IANA name in which `cron` and `at` are meant
 * @param start the moment from which rates count
 * @throws {ScheduleExpressionError} if it is none of the three, or its fields are wrong
 */
export function parseSchedule(
  expression: string,
  timezone: string,
  start: Date,
): ScheduleExpression {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rate(expression, inner, start);
  if (kind === 'cron') return cron(expression, inner, timezone);
  if (kind === 'at') return at(expression, inner, timezone);
  throw new ScheduleExpressionError(expression, 'is none that EventBridge knows');
}

function rate(expression: string, inner: string, start: Date): ScheduleExpression {
  const [, count, unit, plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(inner) ?? [];
  if (!isUnit(unit) || Number(count) < 1 || (count === '1') !== (plural === '')) {
    throw new ScheduleExpressionError(expression, 'needs a count and minute(s), hour(s) or day(s)');
  }
  const periodMs = Number(count) * UNIT_MS[unit];
  return {
    next(after) {
      const passed = Math.floor((after.getTime() - start.getTime()) / periodMs);
      return new Date(start.getTime() + Math.max(1, passed + 1) * periodMs);
    },
  };
}

function isUnit(word: string | undefined): word is keyof typeof UNIT_MS {
  return word !== undefined && Object.hasOwn(UNIT_MS, word);
}

function cron(expression: string, inner: string, timezone: string): ScheduleExpression {
  const fields = inner.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek = '', year] = fields;
  if (fields.length !== 6) {
    throw new ScheduleExpressionError(
      expression,
      `has ${fields.length} fields where six were expected: minute hour day-of-month month day-of-week year`,
    );
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ScheduleExpressionError(
      expression,
      "must have '?' in one of day-of-month and day-of-week, and only in one",
    );
  }
  const [minutes, hours, days, months, years] = [
    spellSteps(minute, 59),
    spellSteps(hour, 23),
    spellSteps(dayOfMonth, 31),
    spellSteps(month, 12),
    spellSteps(year, 2199),
  ];
  // croner writes the last Friday as 6#L, EventBridge as 6L, and L alone as Saturday.
  const weekdays = spellSteps(dayOfWeek, 7)
    .replace(/^L$/i, 'SAT')
    .replace(/^(\w+)L$/i, '$1#L');
  try {
    const pattern = new Cron(
      ['0', minutes, hours, days, months, weekdays, years].join(' '),
      // EventBridge counts Sunday as 1.
      { timezone, alternativeWeekdays: true, mode: '7-part', paused: true },
    );
    return { next: (after) => pattern.nextRun(after) ?? undefined };
  } catch (cause) {
    throw new ScheduleExpressionError(expression, `cannot be read (${String(cause)})`);
  }
}

/** EventBridge's `5/15` means from 5 on; croner wants the end too. */
function spellSteps(field = '', largest: number): string {
  return field.replaceAll(/(?<![-\d*])(\d+)\/(\d+)/g, `$1-${largest}/$2`);
}

function at(expression: string, inner: string, timezone: string): ScheduleExpression {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner)) {
    throw new ScheduleExpressionError(expression, 'needs a time like 2026-11-24T20:00:00');
  }
  const once = new Cron(inner, { timezone, paused: true });
  return { next: (after) => once.nextRun(after) ?? undefined };
}
