/**
 * Event patterns: which events a rule is for.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */

/** A pattern that cannot be understood. */
class EventPatternError extends Error {
  override readonly name = 'EventPatternError';
}

export type EventPattern = Readonly<Record<string, unknown>>;

type Matcher = (value: unknown) => boolean;

/**
 * Compiles a pattern. Fields are matched alone and must all match; a list of matchers needs one
 * that does; a value that is a list matches with any of its items.
 *
 * @throws {EventPatternError} naming the field and what it may hold
 */
export function compilePattern(pattern: EventPattern, path = ''): Matcher {
  const fields = Object.entries(pattern).map(([name, wanted]) => {
    const where = path === '' ? name : `${path}.${name}`;
    if (name === '$or') return alternatives(wanted, path);
    const matches = Array.isArray(wanted) ? anyOf(wanted, where) : nested(wanted, where);
    return (value: unknown) => matches(isRecord(value) ? value[name] : undefined);
  });
  return (value) => fields.every((matches) => matches(value));
}

function alternatives(wanted: unknown, path: string): Matcher {
  if (!Array.isArray(wanted)) throw new EventPatternError("'$or' must be a list of patterns");
  const compiled = wanted.map((one) => nested(one, path));
  return (value) => compiled.some((matches) => matches(value));
}

function nested(wanted: unknown, where: string): Matcher {
  if (isRecord(wanted)) return compilePattern(wanted, where);
  throw new EventPatternError(
    `'${where}' must be a list of values or an object, got ${JSON.stringify(wanted)}; ` +
      `write [${JSON.stringify(wanted)}]`,
  );
}

function anyOf(wanted: readonly unknown[], where: string): Matcher {
  const matchers = wanted.map((one) => matcherOf(one, where));
  return (value) => matchers.some((matches) => matches(value));
}

function matcherOf(wanted: unknown, where: string): Matcher {
  if (!isRecord(wanted)) return overItems((value) => value === wanted);
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(wanted);
  const build = others.length === 0 ? OPERATORS[operator] : undefined;
  if (build === undefined) {
    throw new EventPatternError(
      `'${where}' has the matcher ${JSON.stringify(wanted)}; known are: ${Object.keys(OPERATORS).join(', ')}`,
    );
  }
  return build(operand, where);
}

const OPERATORS: Readonly<Record<string, (operand: unknown, where: string) => Matcher>> = {
  prefix: (operand) =>
    overItems((value) => typeof value === 'string' && value.startsWith(String(operand))),
  suffix: (operand) =>
    overItems((value) => typeof value === 'string' && value.endsWith(String(operand))),
  wildcard: (operand) => {
    const literals = String(operand)
      .split('*')
      .map((text) => text.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`));
    const matches = new RegExp(`^${literals.join('.*')}$`, 's');
    return overItems((value) => typeof value === 'string' && matches.test(value));
  },
  'equals-ignore-case': (operand) =>
    overItems((value) => typeof value === 'string' && sameLetters(value, String(operand))),
  exists: (operand) => (value) => (value !== undefined) === operand,
  numeric: (operand, where) => overItems(numeric(operand, where)),
  'anything-but': (operand, where) => {
    const excluded = anyOf(Array.isArray(operand) ? operand : [operand], where);
    return (value) => value !== undefined && !excluded(value);
  },
};

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** For instance `[">", 0, "<=", 5]`. */
function numeric(operand: unknown, where: string): Matcher {
  const words: readonly unknown[] = Array.isArray(operand) ? operand : [];
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < words.length; index += 2) {
    const compare = COMPARISONS[String(words[index])];
    const bound = words[index + 1];
    if (compare === undefined || typeof bound !== 'number') {
      throw new EventPatternError(
        `'${where}' has numeric ${JSON.stringify(operand)}; write for instance [">", 0, "<=", 5]`,
      );
    }
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function overItems(matches: Matcher): Matcher {
  return (value) => (Array.isArray(value) ? value.some((item) => matches(item)) : matches(value));
}

function sameLetters(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
