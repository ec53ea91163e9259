/** The rule of a composite alarm: which states of other alarms make it one. */
import type { AlarmState } from './alarm.ts';

/** A rule that cannot be read. */
class AlarmRuleError extends Error {
  override readonly name = 'AlarmRuleError';
}

/** Says whether a rule holds. */
export type AlarmRule = (stateOf: (alarm: string) => AlarmState) => boolean;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'[^']*'|[()]|[^\s()"']+)/y;
const STATES = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const;

/**
 * Reads a rule such as `ALARM(errors) AND NOT (OK("slow") OR FALSE)`. Alarms are named by name or ARN.
 *
 * @throws {AlarmRuleError} naming the rule and where it went wrong
 */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = tokenize(text);
  let position = 0;

  function fail(expected: string): never {
    const found = tokens[position];
    throw new AlarmRuleError(
      `alarm rule '${text}' has ${found === undefined ? 'ended' : `'${found}'`} ` +
        `where ${expected} was expected`,
    );
  }
  function take(token: string): void {
    if (tokens[position] !== token) fail(`'${token}'`);
    position += 1;
  }

  function chain(word: 'AND' | 'OR', part: () => AlarmRule): AlarmRule {
    const parts = [part()];
    while (tokens[position]?.toUpperCase() === word) {
      position += 1;
      parts.push(part());
    }
    return (stateOf) => {
      // Every alarm is asked, also once the outcome is known, so that the caller hears of them all.
      const outcomes = parts.map((holds) => holds(stateOf));
      return word === 'AND' ? outcomes.every(Boolean) : outcomes.some(Boolean);
    };
  }
  const both = (): AlarmRule => chain('AND', single);
  const either = (): AlarmRule => chain('OR', both);

  function single(): AlarmRule {
    const word =
      tokens[position]?.toUpperCase() ?? fail('ALARM(name), TRUE, FALSE, NOT or a bracket');
    position += 1;
    if (word === 'NOT') {
      const inner = single();
      return (stateOf) => !inner(stateOf);
    }
    if (word === '(') {
      const inner = either();
      take(')');
      return inner;
    }
    if (word === 'TRUE' || word === 'FALSE') return () => word === 'TRUE';
    const state = STATES.find((one) => one === word);
    if (state === undefined) {
      position -= 1;
      fail(`one of ${STATES.join(', ')}, TRUE, FALSE, NOT`);
    }
    take('(');
    const alarm = (tokens[position] ?? fail('the name of an alarm')).replaceAll(/^["']|["']$/g, '');
    position += 1;
    take(')');
    return (stateOf) => stateOf(alarm) === state;
  }

  const rule = either();
  if (position < tokens.length) fail('AND, OR or the end');
  return rule;
}

function tokenize(text: string): string[] {
  const pattern = new RegExp(TOKEN);
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const token = pattern.exec(text)?.[1];
    if (token === undefined)
      throw new AlarmRuleError(`alarm rule '${text}' has a quote without an end`);
    tokens.push(token);
  }
  return tokens;
}
