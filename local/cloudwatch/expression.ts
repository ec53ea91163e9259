/**
 * Metric math: the grammar of its expressions.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'operate';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Operator = (typeof LEVELS)[number][number];

/** From the weakest binding to the strongest. */
const LEVELS = [
  ['OR', '||'],
  ['AND', '&&'],
  ['<=', '>=', '==', '!=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
  ['^'],
] as const;

const TOKEN =
  /\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|[A-Za-z]\w*|"[^"]*"|\|\||&&|<=|>=|==|!=|[-+*/^(),[\]<>])/y;

/** An expression that is not metric math, or uses a part of it that the region does not know. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/**
 * Reads an expression such as `100 * errors / FILL(invocations, 1)`.
 *
 * @throws {ExpressionError} naming the expression and where it went wrong
 */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;

  const peek = (): string | undefined => tokens[position];
  function fail(expected: string): never {
    throw new ExpressionError(
      `expression '${text}' has ${peek() === undefined ? 'ended' : `'${peek()}'`} ` +
        `where ${expected} was expected`,
    );
  }
  function take(token: string): void {
    if (peek() !== token) fail(`'${token}'`);
    position += 1;
  }

  function operation(level: number): Expression {
    const operators: readonly Operator[] | undefined = LEVELS[level];
    if (operators === undefined) return operand();
    let left = operation(level + 1);
    for (;;) {
      const operator = operators.find((one) => one === peek()?.toUpperCase());
      if (operator === undefined) return left;
      position += 1;
      left = { kind: 'operate', operator, left, right: operation(level + 1) };
    }
  }

  function operand(): Expression {
    const token = peek() ?? fail('a metric, a number or a function');
    if (token === '-') {
      position += 1;
      return { kind: 'negate', operand: operand() };
    }
    if (token === '(') {
      position += 1;
      const inner = operation(0);
      take(')');
      return inner;
    }
    if (token === '[') return { kind: 'list', items: sequence('[', ']') };
    if (!/^[\w".]/.test(token)) fail('a metric, a number or a function');
    position += 1;
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (peek() === '(')
      return { kind: 'call', name: token.toUpperCase(), arguments: sequence('(', ')') };
    return { kind: 'name', name: token };
  }

  function sequence(open: string, close: string): Expression[] {
    take(open);
    const items: Expression[] = [];
    while (peek() !== close) {
      if (items.length > 0) take(',');
      items.push(operation(0));
    }
    take(close);
    return items;
  }

  const whole = operation(0);
  if (peek() !== undefined) fail('the end');
  return whole;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const token = pattern.exec(text)?.[1];
    if (token === undefined) {
      throw new ExpressionError(`expression '${text}' cannot be read at '${text.slice(at)}'`);
    }
    tokens.push(token);
  }
  return tokens;
}
