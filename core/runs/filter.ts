/**
 * Filters of runs, in the words of MLflow's search: `metrics.auc > 0.7 and params.leaves = 63`.
 * Beyond those it knows `or`, `not` and parentheses. Grammar:
 *
 *     either     = both ("or" both)*
 *     both       = one ("and" one)*
 *     one        = "not" one | "(" either ")" | comparison
 *     comparison = field ("=" | "!=" | "<" | "<=" | ">" | ">=") value
 *                | field ["not"] ("like" | "ilike") text | field ["not"] "in" "(" value, ... ")"
 *                | field "is" ["not"] "null"
 */
import { FilterError } from './errors.ts';
import { type Field, fieldOf, FIELDS, type FieldValue } from './fields.ts';
import { type Token, tokensOf } from './filter-tokens.ts';
import type { RunSummary } from './summary.ts';

export type RunFilter = (run: RunSummary) => boolean;

/**
 * Compiles a filter; an empty one lets every run through. A comparison with a value that a run
 * does not have is false, so a run without `auc` is in neither of `auc > 0.7` and `auc <= 0.7`.
 *
 * @throws {FilterError} pointing at the word that is wrong, and saying what may stand there
 */
export function parseFilter(filter: string): RunFilter {
  if (filter.trim() === '') return () => true;
  const reader = new Reader(filter);
  const matches = either(reader);
  if (reader.next.kind !== 'end') throw reader.error(`expected 'and', 'or' or the end`);
  return matches;
}

class Reader {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #place = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = tokensOf(filter);
  }

  get next(): Token {
    return this.#tokens[Math.min(this.#place, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.next;
    this.#place++;
    return token;
  }

  /** Takes the next word if it is this one. */
  takes(word: string): boolean {
    const { kind, text } = this.next;
    const found = (kind === 'name' || kind === 'operator') && text.toLowerCase() === word;
    if (found) this.#place++;
    return found;
  }

  expect(word: string): void {
    if (!this.takes(word)) throw this.error(`expected '${word}'`);
  }

  error(expected: string, { text, at }: Token = this.next): FilterError {
    return new FilterError(this.#filter, at, `${expected}, and found ${text}`);
  }
}

function either(reader: Reader): RunFilter {
  const parts = [both(reader)];
  while (reader.takes('or')) parts.push(both(reader));
  return parts.length === 1 ? parts[0]! : (run) => parts.some((matches) => matches(run));
}

function both(reader: Reader): RunFilter {
  const parts = [one(reader)];
  while (reader.takes('and')) parts.push(one(reader));
  return parts.length === 1 ? parts[0]! : (run) => parts.every((matches) => matches(run));
}

function one(reader: Reader): RunFilter {
  if (reader.takes('not')) {
    const matches = one(reader);
    return (run) => !matches(run);
  }
  if (reader.takes('(')) {
    const matches = either(reader);
    reader.expect(')');
    return matches;
  }
  return comparison(reader);
}

function comparison(reader: Reader): RunFilter {
  const name = reader.take();
  const field = name.kind === 'name' ? fieldOf(name.text) : undefined;
  if (field === undefined) throw reader.error(`expected one of ${FIELDS}`, name);
  if (reader.takes('is')) {
    const filled = reader.takes('not');
    reader.expect('null');
    return (run) => (field(run) !== undefined) === filled;
  }
  const negated = reader.takes('not');
  const test = textTest(reader, field) ?? setTest(reader, field);
  if (test === undefined) {
    if (negated) throw reader.error(`expected 'like', 'ilike' or 'in' after 'not'`);
    return valueTest(reader, field);
  }
  return negated ? (run) => field(run) !== undefined && !test(run) : test;
}

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function valueTest(reader: Reader, field: Field): RunFilter {
  const operator = reader.take();
  const holds = operator.kind === 'operator' ? COMPARE[operator.text] : undefined;
  if (holds === undefined) {
    throw reader.error(`expected one of = != < <= > >= like ilike in is`, operator);
  }
  const wanted = valueOf(reader);
  return (run) => {
    const order = orderOf(field(run), wanted);
    return order !== undefined && holds(order);
  };
}

function textTest(reader: Reader, field: Field): RunFilter | undefined {
  const ignoresCase = reader.takes('ilike');
  if (!ignoresCase && !reader.takes('like')) return undefined;
  const wanted = reader.take();
  if (wanted.kind !== 'text') throw reader.error(`expected text such as 'train-%'`, wanted);
  const pattern = likePattern(unquoted(wanted.text), ignoresCase);
  return (run) => {
    const value = field(run);
    return value !== undefined && pattern.test(String(value));
  };
}

/** `%` stands for any characters, `_` for one. */
function likePattern(like: string, ignoresCase: boolean): RegExp {
  const source = Array.from(like, (letter) => {
    if (letter === '%') return '.*';
    return letter === '_' ? '.' : letter.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source.join('')}$`, ignoresCase ? 'isu' : 'su');
}

function setTest(reader: Reader, field: Field): RunFilter | undefined {
  if (!reader.takes('in')) return undefined;
  reader.expect('(');
  const wanted = [valueOf(reader)];
  while (reader.takes(',')) wanted.push(valueOf(reader));
  reader.expect(')');
  return (run) => {
    const value = field(run);
    return wanted.some((allowed) => orderOf(value, allowed) === 0);
  };
}

function valueOf(reader: Reader): string | number | boolean {
  const token = reader.take();
  if (token.kind === 'number') return Number(token.text);
  if (token.kind === 'text') return unquoted(token.text);
  const word = token.text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw reader.error(`expected a number, true, false or text in quotes such as 'manual'`, token);
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'");
}

/** Negative, zero or positive; undefined where the two cannot be compared. */
function orderOf(value: FieldValue, wanted: string | number | boolean): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === typeof wanted) return compare(value, wanted);
  // MLflow's parameters are all text, so `params.leaves = '63'` is a habit.
  const asNumber = typeof value === 'number' ? Number(wanted) : Number(value);
  if (Number.isNaN(asNumber) || typeof value === 'boolean' || typeof wanted === 'boolean') {
    return compare(String(value), String(wanted)) === 0 ? 0 : undefined;
  }
  return typeof value === 'number' ? compare(value, asNumber) : compare(asNumber, wanted);
}

function compare<Value>(a: Value, b: Value): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
