/** Reads JSON, and tells where it stops being JSON. */

/** The text is not JSON; says at which character. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
  /** Characters before the one that is wrong. */
  readonly position: number;

  constructor(position: number, found: string) {
    super(`not JSON: ${found} at position ${position}`);
    this.position = position;
  }
}

/** @throws {NotJsonError} if the bytes are not JSON in UTF-8 */
export function parseJson(bytes: Uint8Array | string): unknown {
  const text = typeof bytes === 'string' ? bytes : decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    // JavaScript's own message leaves the position out more often than not.
    const position = firstWrong(text);
    const wrong = text.slice(position, position + 1);
    throw new NotJsonError(position, wrong === '' ? 'the text ends' : JSON.stringify(wrong));
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    const valid = new TextDecoder().decode(bytes);
    throw new NotJsonError(Math.max(0, valid.indexOf('\uFFFD')), 'a byte that is not UTF-8');
  }
}

// The grammar of RFC 8259, token by token.
const SPACE = /[ \t\n\r]*/y;
const STRING_PART = /(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next; `first` ones allow the container to end instead. */
type Expecting = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'comma or end';

type Token = 'string' | 'scalar' | 'mark';

/** How the next character goes on, and what may follow; undefined if nothing may. */
type Step = { readonly token: Token; readonly after: Expecting } | undefined;

type Container = '{' | '[';

/** Returns the position of the first token that cannot continue a JSON text. */
function firstWrong(text: string): number {
  const open: Container[] = [];
  let expecting: Expecting = 'value';
  let at = 0;
  for (;;) {
    at = endOf(SPACE, text, at);
    const next = text[at] ?? '';
    const step: Step = STEPS[expecting](next, open.at(-1));
    if (!step) return at;
    if (step.token === 'string') {
      at = endOf(STRING_PART, text, at + 1);
      if (text[at] !== '"') return at;
      at++;
    } else if (step.token === 'scalar') {
      const end = endOf(SCALAR, text, at);
      if (end === at) return at;
      at = end;
    } else {
      at++;
      if (next === '{' || next === '[') open.push(next);
      if (next === '}' || next === ']') open.pop();
    }
    expecting = step.after;
  }
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return from + (pattern.exec(text)?.[0].length ?? 0);
}

const STEPS: Readonly<Record<Expecting, (next: string, inside?: Container) => Step>> = {
  value: beginValue,
  'first value': (next) =>
    next === ']' ? { token: 'mark', after: 'comma or end' } : beginValue(next),
  name: beginName,
  'first name': (next) =>
    next === '}' ? { token: 'mark', after: 'comma or end' } : beginName(next),
  colon: (next) => (next === ':' ? { token: 'mark', after: 'value' } : undefined),
  'comma or end': (next, inside) => {
    if (!inside) return undefined;
    if (next === ',') return { token: 'mark', after: inside === '{' ? 'name' : 'value' };
    const end = inside === '{' ? '}' : ']';
    return next === end ? { token: 'mark', after: 'comma or end' } : undefined;
  },
};

function beginValue(next: string): Step {
  if (next === '') return undefined;
  if (next === '{') return { token: 'mark', after: 'first name' };
  if (next === '[') return { token: 'mark', after: 'first value' };
  return { token: next === '"' ? 'string' : 'scalar', after: 'comma or end' };
}

function beginName(next: string): Step {
  return next === '"' ? { token: 'string', after: 'colon' } : undefined;
}
