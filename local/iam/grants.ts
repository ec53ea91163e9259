/** What statements allow, taken apart into grants, so that each can be seen to be used or not. */
import type { Context } from './condition.ts';
import type { Question } from './evaluate.ts';
import { compileGlob } from './glob.ts';
import type { Statement } from './statement.ts';

/** The smallest part of what a statement allows. */
export interface Grant {
  /** Construct path of the role, or of the resource's policy. */
  readonly holder: string;
  readonly action: string;
  readonly resource: string;
  /** What its condition asks, such as `dynamodb:LeadingKeys model#churn`; empty without one. */
  readonly where: string;
}

interface Limit {
  readonly where: string;
  readonly holds: (context: Context) => boolean;
}

/** Returns all grants of a statement. */
export function grantsOf(statement: Statement, holder: string): Grant[] {
  const { actions, resources } = statement.written;
  const limits = limitsOf(statement);
  return actions.flatMap((action) =>
    resources.flatMap((resource) =>
      limits.map(({ where }) => ({ holder, action, resource, where })),
    ),
  );
}

/** Returns those grants of a statement that let a call pass. */
export function grantsUsed(
  statement: Statement,
  holder: string,
  { action, resource, context }: Question,
): Grant[] {
  return limitsOf(statement)
    .filter(({ holds }) => holds(context))
    .map(({ where }) => ({
      holder,
      action: statement.action(action) ?? action,
      resource: statement.resource(resource) ?? resource,
      where,
    }));
}

/** A condition that lists values limits to each of them; several conditions stay together. */
function limitsOf({ written }: Statement): Limit[] {
  const tests = Object.values(written.conditions).flatMap((keys) => Object.entries(keys));
  const [only, ...more] = tests;
  if (only === undefined) return [{ where: '', holds: () => true }];
  if (more.length > 0) {
    const where = tests.map(([key, values]) => `${key} ${[values].flat().join(' ')}`).join(', ');
    return [{ where, holds: () => true }];
  }
  const [key, values] = only;
  return [values].flat().map((value) => {
    const matches = compileGlob(String(value));
    return {
      where: `${key} ${String(value)}`,
      holds: (context) => (context[key.toLowerCase()] ?? []).some((one) => matches(one)),
    };
  });
}
