/**
 * Policy documents, read and compiled once.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import * as z from 'zod';
import { compileConditions, type Condition, type ConditionElement } from './condition.ts';
import { compileArn, compileGlob, type TextTest } from './glob.ts';
import { PolicyError } from './policy-error.ts';
import { compilePrincipal, PrincipalElement, type PrincipalTest } from './principal.ts';

/** Where a person finds what a statement came from. */
export interface Origin {
  /** Path of the construct in the CDK app, or the name of a policy that AWS keeps. */
  readonly path: string;
  /** Lines of the app that made it, nearest first, such as `/home/me/infra/access.ts:12`. */
  readonly madeAt: readonly string[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Finds the pattern by which the statement speaks of an action, such as `s3:Get*`. */
  readonly action: (action: string) => string | undefined;
  /** Finds the pattern by which it speaks of a resource. */
  readonly resource: (arn: string) => string | undefined;
  /** Absent in policies of roles, which are about the role. */
  readonly principal?: PrincipalTest;
  readonly holds: Condition;
  readonly written: Written;
  readonly origin: Origin;
}

/** A statement as people wrote it. */
export interface Written {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: ConditionElement;
}

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const conditionValues = z.union([z.string(), z.boolean(), z.array(z.string())]);

const StatementElement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Principal: PrincipalElement.optional(),
  NotPrincipal: z.undefined({ error: 'the laptop does not judge NotPrincipal' }).optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});

const PolicyDocument = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.preprocess((value) => [value].flat(), z.array(StatementElement)),
});

/**
 * Compiles the statements of a policy document.
 *
 * @throws {PolicyError} naming the policy, where the region cannot judge what it says
 */
export function compilePolicy(document: unknown, origin: Origin): Statement[] {
  const parsed = PolicyDocument.safeParse(document);
  if (!parsed.success) {
    throw new PolicyError(`policy ${origin.path}: ${z.prettifyError(parsed.error)}`);
  }
  try {
    return parsed.data.Statement.map((statement) => compile(statement, origin));
  } catch (cause) {
    if (!(cause instanceof PolicyError)) throw cause;
    throw new PolicyError(`policy ${origin.path}: ${cause.message}`, { cause });
  }
}

function compile(element: z.output<typeof StatementElement>, origin: Origin): Statement {
  const {
    Action,
    NotAction,
    Resource,
    NotResource,
    Principal,
    Condition: conditions = {},
  } = element;
  const actions = Action ?? NotAction ?? [];
  const resources = Resource ?? NotResource ?? ['*'];
  const variable = [...resources, JSON.stringify(conditions)].find((text) => text.includes('${'));
  if (variable !== undefined) {
    throw new PolicyError(`the laptop does not fill in policy variables: ${variable}`);
  }
  return {
    effect: element.Effect,
    action: finder(actions, (pattern) => compileGlob(pattern, 'i'), Action === undefined),
    resource: finder(resources, compileArn, NotResource !== undefined),
    ...(Principal !== undefined && { principal: compilePrincipal(Principal) }),
    holds: compileConditions(conditions),
    written: { actions, resources, conditions },
    origin,
  };
}

function finder(
  patterns: readonly string[],
  compileOne: (pattern: string) => TextTest,
  inverted: boolean,
): (text: string) => string | undefined {
  const tests = patterns.map((pattern) => ({ pattern, matches: compileOne(pattern) }));
  if (!inverted) return (text) => tests.find(({ matches }) => matches(text))?.pattern;
  const label = `all but ${patterns.join(', ')}`;
  return (text) => (tests.some(({ matches }) => matches(text)) ? undefined : label);
}
