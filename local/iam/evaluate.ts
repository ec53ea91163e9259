/**
 * What policies decide about one action on one resource, within one account.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Context } from './condition.ts';
import type { Principal } from './principal.ts';
import type { Statement } from './statement.ts';

export interface Question {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export interface Policies {
  /** Of the principal; none for whoever is no role. */
  readonly identity: readonly Statement[];
  /** Of the resource. */
  readonly resource: readonly Statement[];
}

export type Decision =
  /** Absent for the administrator, whom no statement needs to let in. */
  | { readonly kind: 'allowed'; readonly by?: Statement }
  | { readonly kind: 'denied'; readonly by: Statement; readonly basis: keyof Policies }
  | { readonly kind: 'not-allowed' };

/** A statement that denies wins over any that allows; where none allows, nothing is allowed. */
export function decide(question: Question, { identity, resource }: Policies): Decision {
  const own = identity.filter((statement) => appliesTo(statement, question));
  const theirs = resource.filter(
    (statement) =>
      appliesTo(statement, question) && standing(statement, question.principal) !== 'other',
  );
  for (const [basis, statements] of [
    ['identity', own],
    ['resource', theirs],
  ] as const) {
    const by = statements.find(({ effect }) => effect === 'Deny');
    if (by !== undefined) return { kind: 'denied', by, basis };
  }
  // A policy that names the account leaves it to the account whom it lets in.
  const granted = theirs.filter((one) => standing(one, question.principal) === 'named');
  const by = [...own, ...granted].find(({ effect }) => effect === 'Allow');
  return by === undefined ? { kind: 'not-allowed' } : { kind: 'allowed', by };
}

function appliesTo(statement: Statement, { action, resource, context }: Question): boolean {
  return (
    statement.action(action) !== undefined &&
    statement.resource(resource) !== undefined &&
    statement.holds(context)
  );
}

function standing({ principal: test }: Statement, principal: Principal) {
  return test?.(principal) ?? 'other';
}
