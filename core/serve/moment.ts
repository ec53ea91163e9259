/** Moments as callers write them. */

export const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Days of each month, in a leap year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Returns milliseconds since 1970 of an ISO 8601 date or date and time; UTC where it names no
 * offset, unlike `Date.parse`, which takes the machine's zone. NaN if it is no such moment.
 */
export function parseMoment(text: string): number {
  const usual = isUsual(text) ? momentOfUsual(text) : NaN;
  return Number.isNaN(usual) ? parseAny(text) : usual;
}

/** Whether a text has the form that `Date.toISOString` gives: '2001-05-01T09:30:00.000Z'. */
export function isUsual(text: string): boolean {
  return (
    text.length === 24 &&
    text[4] === '-' &&
    text[7] === '-' &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    text[19] === '.' &&
    text[23] === 'Z'
  );
}

/** NaN if anything is out of range. */
function momentOfUsual(text: string): number {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [hour, minute] = [digits(text, 11, 13), digits(text, 14, 16)];
  const [second, ms] = [digits(text, 17, 19), digits(text, 20, 23)];
  const inRange = year >= 100 && isDay(year, month, day) && hour < 24 && minute < 60 && second < 60;
  return inRange ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : NaN;
}

/** NaN where a character is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function parseAny(text: string): number {
  const match = ISO.exec(text);
  if (!match) return NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const inRange =
    isDay(Number(year), Number(month), Number(day)) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60;
  if (!inRange) return NaN;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const moment = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second, ms);
  // Date.UTC takes years below 100 for those of the last century.
  return Number(year) < 100 ? NaN : moment - offsetMs(offset);
}

function isDay(year: number, month: number, day: number): boolean {
  if (day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap || month !== 2 || day < 29;
}

/** `+05:30`, `-0800` and `+01` in milliseconds; NaN beyond a day. */
function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return NaN;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

let minute = NaN;
let untilMinute = '';

/** Returns what `Date.toISOString` does, sooner for moments of one minute. */
export function isoText(ms: number): string {
  const of = Math.floor(ms / 60_000);
  if (of !== minute) {
    untilMinute = new Date(of * 60_000).toISOString().slice(0, -7);
    minute = of;
  }
  const rest = String(100_000 + ms - of * 60_000);
  return `${untilMinute}${rest.slice(1, 3)}.${rest.slice(3)}Z`;
}
