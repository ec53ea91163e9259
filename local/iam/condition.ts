/**
 * Conditions of policy statements.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { compileArn, compileGlob, type TextTest } from './glob.ts';
import { PolicyError } from './policy-error.ts';

/** What is known about a request, by condition key in lower case; a key may have several values. */
export type Context = Readonly<Record<string, readonly string[]>>;

/** Tells whether a request's context is as a condition wants it. */
export type Condition = (context: Context) => boolean;

export type ConditionElement = Readonly<
  Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>
>;

/** The keys that requests to the region have values for, or lack as they would on AWS. */
const KEYS: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'cloudwatch:namespace',
  'dynamodb:leadingkeys',
  'lambda:functionurlauthtype',
  'lambda:invokedviafunctionurl',
  's3:delimiter',
  's3:if-match',
  's3:if-none-match',
  's3:max-keys',
  's3:prefix',
]);

type Operator = (wanted: string) => TextTest;

const same: Operator = (wanted) => (actual) => actual === wanted;
const sameButCase: Operator = (wanted) => (actual) => actual.toLowerCase() === wanted.toLowerCase();

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: same,
  StringEqualsIgnoreCase: sameButCase,
  StringLike: (wanted) => compileGlob(wanted),
  ArnEquals: compileArn,
  ArnLike: compileArn,
  Bool: sameButCase,
};

/** Operators that are another one's opposite. */
const OPPOSITES: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/**
 * Compiles the Condition element of a statement: every operator and every key of it must hold.
 *
 * @throws {PolicyError} for an operator or a key that the region cannot judge
 */
export function compileConditions(element: ConditionElement = {}): Condition {
  const all = Object.entries(element).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) =>
      compile(operator, key, [values].flat().map(String)),
    ),
  );
  return (context) => all.every((holds) => holds(context));
}

function compile(operator: string, key: string, wanted: readonly string[]): Condition {
  const name = key.toLowerCase();
  if (!KEYS.has(name)) {
    throw new PolicyError(
      `condition key '${key}' has no value on a laptop; ` +
        'give it one in local/iam/ and name it in local/iam/condition.ts',
    );
  }
  if (operator === 'Null') return ({ [name]: actual }) => wanted.includes(String(!actual?.length));
  const [, set, base = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const opposite = OPPOSITES[base];
  const test = OPERATORS[opposite ?? base];
  if (test === undefined) {
    const known = [...Object.keys(OPERATORS), ...Object.keys(OPPOSITES), 'Null'].join(', ');
    throw new PolicyError(
      `condition operator '${operator}' is unknown on a laptop (known: ${known}); ` +
        'add it to local/iam/condition.ts',
    );
  }
  const tests = wanted.map((value) => test(value));
  const isWanted = (actual: string): boolean =>
    tests.some((matches) => matches(actual)) === (opposite === undefined);
  return ({ [name]: actual = [] }) => {
    if (actual.length === 0) {
      return ifExists !== undefined || set === 'ForAllValues' || (!set && opposite !== undefined);
    }
    return set === 'ForAnyValue' ? actual.some(isWanted) : actual.every(isWanted);
  };
}
