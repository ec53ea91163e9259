/** Who acts in the account, and whom a policy means. */
import * as z from 'zod';
import { compileArn } from './glob.ts';
import { PolicyError } from './policy-error.ts';

export type Principal =
  /** Code that runs with a role: a function, a job, a schedule; `session` names it to people. */
  | { readonly kind: 'role'; readonly roleArn: string; readonly session: string }
  /** A service of AWS, on behalf of one of the account's resources. */
  | { readonly kind: 'service'; readonly name: string; readonly sourceArn: string }
  /** Whoever sits at the laptop. */
  | { readonly kind: 'administrator' }
  /** Whoever sends requests without a signature. */
  | { readonly kind: 'anonymous' };

/** What a Principal element says of one who acts; 'account' leaves it to the account's own policies. */
export type PrincipalTest = (principal: Principal) => 'named' | 'account' | 'other';

export const PrincipalElement = z.union([
  z.literal('*'),
  z.record(z.string(), z.union([z.string(), z.array(z.string())])),
]);

/** @throws {PolicyError} for a kind of principal that the region does not know */
export function compilePrincipal(element: z.output<typeof PrincipalElement>): PrincipalTest {
  if (element === '*') return () => 'named';
  const tests = Object.entries(element).flatMap(([kind, names]) =>
    [names].flat().map((name) => compileOne(kind, name)),
  );
  return (principal) => {
    const answers = tests.map((test) => test(principal));
    return answers.find((answer) => answer !== 'other') ?? 'other';
  };
}

function compileOne(kind: string, name: string): PrincipalTest {
  if (kind === 'Service') {
    return (principal) =>
      principal.kind === 'service' && principal.name === name ? 'named' : 'other';
  }
  if (kind !== 'AWS') {
    throw new PolicyError(
      `a policy names a principal of kind '${kind}' (${name}); the laptop knows AWS and Service`,
    );
  }
  if (name === '*') return () => 'named';
  if (/^\d{12}$/.test(name) || /^arn:[^:]+:iam::\d{12}:root$/.test(name)) {
    return (principal) => (principal.kind === 'role' ? 'account' : 'other');
  }
  const matches = compileArn(name);
  return (principal) =>
    principal.kind === 'role' && (matches(principal.roleArn) || matches(sessionArn(principal)))
      ? 'named'
      : 'other';
}

/** Returns the ARN under which a principal is known to those that it calls. */
export function principalArn(principal: Principal, account: string): string {
  switch (principal.kind) {
    case 'role':
      return sessionArn(principal);
    case 'service':
      return principal.name;
    case 'administrator':
      return `arn:aws:iam::${account}:user/laptop`;
    case 'anonymous':
      return 'anonymous';
    default:
      return principal satisfies never;
  }
}

function sessionArn({ roleArn, session }: Extract<Principal, { kind: 'role' }>): string {
  const assumed = roleArn.replace(':iam:', ':sts:').replace(/:role\/(.*\/)?/, ':assumed-role/');
  return `${assumed}/${session}`;
}
