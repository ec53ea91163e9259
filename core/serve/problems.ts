/** Words for what a caller sent and what would have been right. */
import type { Problem } from '../model/problem.ts';

/** Longest text that is repeated to the caller. */
const SHOWN_CHARACTERS = 40;

/** Names a JSON value as its sender would know it: `text "ATL"`, `number 3`, `an array of 2`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'string') return `text ${quoted(value)}`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return 'an object';
  return Number.isFinite(value) ? `number ${value}` : 'a number too large to keep';
}

export function quoted(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS;
  return JSON.stringify(cut ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text);
}

/** One member of a JSON pointer (RFC 6901, section 3). */
export function pointerPart(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** One sentence for all problems, which tells the first in full. */
export function summaryOf(problems: readonly Problem[]): string {
  const [first] = problems;
  if (!first) return 'no problems';
  const { pointer, got, expected } = first;
  const told = `${pointer === '' ? '' : `${pointer}: `}got ${got}, expected ${expected}`;
  return problems.length === 1 ? told : `${problems.length} problems, the first: ${told}`;
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
