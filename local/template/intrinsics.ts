/** CloudFormation's intrinsic functions. */
import { TemplateError } from './errors.ts';

/** What the functions look things up in. */
export interface Scope {
  /** The value of `Ref`: a resource's, a parameter's or a pseudo parameter's. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(name: string, topKey: string, secondKey: string): unknown;
  readonly region: string;
}

/** Stands for `AWS::NoValue`: a property or list entry with it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(text('Ref', name)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = attributePath(argument);
    return scope.attribute(logicalId, text('Fn::GetAtt', resolve(attribute, scope)));
  },
  'Fn::Join': (argument, scope) => {
    const [delimiter, parts] = list('Fn::Join', argument);
    return list('Fn::Join', resolve(parts, scope))
      .map((part) => text('Fn::Join', part))
      .join(text('Fn::Join', delimiter));
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, scope) => {
    const [index, options] = list('Fn::Select', resolve(argument, scope));
    const chosen = list('Fn::Select', options)[Number(index)];
    if (chosen === undefined) {
      throw new TemplateError(`Fn::Select has no entry ${String(index)} in ${describe(options)}`);
    }
    return chosen;
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, whole] = list('Fn::Split', resolve(argument, scope));
    return text('Fn::Split', whole).split(text('Fn::Split', delimiter));
  },
  'Fn::If': (argument, scope) => {
    const [name, whenTrue, whenFalse] = list('Fn::If', argument);
    return resolve(scope.condition(text('Fn::If', name)) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list('Fn::Equals', resolve(argument, scope));
    return describe(left) === describe(right);
  },
  'Fn::And': (argument, scope) => booleans('Fn::And', argument, scope).every(Boolean),
  'Fn::Or': (argument, scope) => booleans('Fn::Or', argument, scope).some(Boolean),
  'Fn::Not': (argument, scope) => !booleans('Fn::Not', argument, scope)[0],
  Condition: (name, scope) => scope.condition(text('Condition', name)),
  'Fn::FindInMap': (argument, scope) => {
    const [map, topKey, secondKey] = list('Fn::FindInMap', resolve(argument, scope)).map((key) =>
      text('Fn::FindInMap', key),
    );
    return scope.mapping(map ?? '', topKey ?? '', secondKey ?? '');
  },
  'Fn::GetAZs': (argument, scope) => {
    const named = resolve(argument, scope);
    const region = typeof named === 'string' && named !== '' ? named : scope.region;
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text('Fn::Base64', resolve(argument, scope))).toString('base64'),
  'Fn::ImportValue': (argument) => {
    throw new TemplateError(
      `Fn::ImportValue asks for ${describe(argument)} of another stack and the laptop hosts one; ` +
        'define the resource in this stack or pass its name as a parameter',
    );
  },
};

/**
 * Returns a template value with every intrinsic function in it replaced by what it stands for.
 *
 * @throws {TemplateError} if a function is unknown, malformed or points at nothing
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((entry) => resolve(entry, scope)).filter((entry) => entry !== NO_VALUE);
  }
  if (!isObject(value)) return value;
  const call = intrinsicOf(value);
  if (call !== undefined) return call.apply(call.argument, scope);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]) => [key, resolve(entry, scope)] as const)
      .filter(([, entry]) => entry !== NO_VALUE),
  );
}

/** Returns the logical ids (and parameter names) that a template value mentions. */
export function references(value: unknown): Set<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, found);
    return;
  }
  if (!isObject(value)) return;
  const call = intrinsicOf(value);
  for (const name of call === undefined ? [] : mentions(call.name, call.argument)) found.add(name);
  for (const entry of Object.values(value)) collect(entry, found);
}

function mentions(intrinsic: string, argument: unknown): string[] {
  if (intrinsic === 'Ref') return [text('Ref', argument)];
  if (intrinsic === 'Fn::GetAtt') return [attributePath(argument)[0]];
  if (intrinsic !== 'Fn::Sub') return [];
  const [template, own] = substitution(argument);
  return placeholders(template)
    .filter((name) => !(name in own))
    .map((name) => name.split('.')[0] ?? name);
}

function intrinsicOf(
  value: Record<string, unknown>,
): { name: string; argument: unknown; apply: Intrinsic } | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  const apply = INTRINSICS[name];
  if (apply === undefined) {
    if (name.startsWith('Fn::')) {
      throw new TemplateError(
        `the laptop's region does not know the function ${name} (of ${describe(argument)}); ` +
          'add it to local/template/intrinsics.ts',
      );
    }
    return undefined;
  }
  // An IAM policy statement may consist of one key 'Condition'; the function's argument is a name.
  if (name === 'Condition' && typeof argument !== 'string') return undefined;
  return { name, argument, apply };
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, own] = substitution(argument);
  return template.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    const key = name.trim();
    if (key in own) return text('Fn::Sub', resolve(own[key], scope));
    const dot = key.indexOf('.');
    return text(
      'Fn::Sub',
      dot < 0 ? scope.ref(key) : scope.attribute(key.slice(0, dot), key.slice(dot + 1)),
    );
  });
}

function substitution(argument: unknown): [template: string, own: Record<string, unknown>] {
  if (!Array.isArray(argument)) return [text('Fn::Sub', argument), {}];
  const [template, own] = argument as unknown[];
  return [text('Fn::Sub', template), isObject(own) ? own : {}];
}

function placeholders(template: string): string[] {
  return [...template.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name.trim());
}

function attributePath(argument: unknown): [logicalId: string, attribute: unknown] {
  if (Array.isArray(argument)) return [text('Fn::GetAtt', argument[0]), argument[1]];
  const path = text('Fn::GetAtt', argument);
  const dot = path.indexOf('.');
  if (dot < 0) throw new TemplateError(`Fn::GetAtt names no attribute: '${path}'`);
  return [path.slice(0, dot), path.slice(dot + 1)];
}

function booleans(name: string, argument: unknown, scope: Scope): boolean[] {
  return list(name, resolve(argument, scope)).map((entry) => entry === true || entry === 'true');
}

function list(name: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new TemplateError(`${name} expects a list, got ${describe(value)}`);
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${name} expects text, got ${describe(value)}`);
}

function describe(value: unknown): string {
  return typeof value === 'symbol' ? value.toString() : (JSON.stringify(value) ?? 'nothing');
}

/** Tells whether a template value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
