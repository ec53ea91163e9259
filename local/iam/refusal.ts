/** What AWS says when it refuses, and what the person at the laptop is told beside it. */
import { relative } from 'node:path';
import { AwsError } from '../wire/aws-error.ts';
import type { Decision, Question } from './evaluate.ts';
import type { Role } from './policy-book.ts';
import { principalArn } from './principal.ts';
import type { Statement } from './statement.ts';

/** One call that was refused. */
export interface Refusal extends Question {
  readonly decision: Exclude<Decision, { kind: 'allowed' }>;
  /** The caller's, if it is one of the template. */
  readonly role: Role | undefined;
}

interface ErrorShape {
  readonly code: string;
  readonly status: number;
  readonly queryCode?: string;
}

/** How services put it, by their signing names. */
const SHAPES: Readonly<Record<string, ErrorShape>> = {
  s3: { code: 'AccessDenied', status: 403 },
  sns: { code: 'AuthorizationError', status: 403 },
  sqs: { code: 'AccessDeniedException', status: 403, queryCode: 'AccessDenied' },
  monitoring: { code: 'AccessDenied', status: 403 },
  cloudformation: { code: 'AccessDenied', status: 403 },
  batch: { code: 'AccessDeniedException', status: 403 },
  lambda: { code: 'AccessDeniedException', status: 403 },
  scheduler: { code: 'AccessDeniedException', status: 403 },
};
/** DynamoDB, Kinesis and the others that speak JSON under X-Amz-Target. */
const DEFAULT_SHAPE: ErrorShape = { code: 'AccessDeniedException', status: 400 };

/** Returns the error that the caller of a service gets. */
export function errorOf(refusal: Refusal, service: string, account: string): AwsError {
  const { code, status, queryCode } = SHAPES[service] ?? DEFAULT_SHAPE;
  const { principal, action, resource } = refusal;
  return new AwsError(
    code,
    `User: ${principalArn(principal, account)} is not authorized to perform: ${action} ` +
      `on resource: ${resource} ${reasonOf(refusal)}`,
    { status, ...(queryCode !== undefined && { queryCode }) },
  );
}

function reasonOf({ decision, principal, action }: Refusal): string {
  if (decision.kind === 'denied') return `with an explicit deny in ${policyOf(decision.basis)}`;
  const basis = principal.kind === 'role' ? 'identity' : 'resource';
  return `because no ${basis}-based policy allows the ${action} action`;
}

function policyOf(basis: 'identity' | 'resource'): string {
  return basis === 'identity' ? 'an identity-based policy' : 'a resource-based policy';
}

/**
 * Returns some lines for a person: who may not do what, the nearest that is allowed, and where in
 * the infrastructure it would be.
 */
export function describeRefusal(refusal: Refusal, projectRoot: string): string {
  const { action, resource, context, decision, role } = refusal;
  const asked = Object.entries(context).map(([key, values]) => `, ${key} = ${values.join(' ')}`);
  const origin = decision.kind === 'denied' ? decision.by.origin : role?.origin;
  const made = (origin?.madeAt ?? []).slice(0, 3).map((line) => relative(projectRoot, line));
  return [
    `${nameOf(refusal)} may not ${action} on ${resource}${asked.join('')}`,
    explain(refusal),
    origin && `change ${origin.path}${made.length > 0 ? `, made at ${made.join(' for ')}` : ''}`,
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

function explain({ decision, action, role, principal }: Refusal): string {
  if (decision.kind === 'denied') return `a statement of ${decision.by.origin.path} denies it`;
  if (principal.kind !== 'role') return "the resource's own policy does not let it in";
  if (role === undefined) return `the template has no role ${principal.roleArn}`;
  const near = role.statements.filter((one) => one.action(action) !== undefined);
  if (near.length === 0) return `its role says nothing of ${action}`;
  return near.map((one) => `its role allows it only on ${limitsOf(one)}`).join('\n');
}

function limitsOf({ written }: Statement): string {
  const conditions = Object.entries(written.conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${operator} ${key} ${[values].flat().join(' ')}`),
  );
  return [written.resources.join(' '), ...conditions].join(', where ');
}

/** How people call whoever was refused. */
export function nameOf({ principal }: Refusal): string {
  switch (principal.kind) {
    case 'role':
      return principal.session;
    case 'service':
      return `${principal.name} for ${principal.sourceArn}`;
    case 'administrator':
    case 'anonymous':
      return principal.kind;
    default:
      return principal satisfies never;
  }
}

/**
 * Tells a person about refusals, about each kind once: a poller or a retry would repeat it for ever.
 *
 * @returns what is to be called with every refusal
 */
export function createRefusalTeller({
  projectRoot,
  onRefusal = (lines) => console.error(lines),
}: {
  readonly projectRoot: string;
  readonly onRefusal?: (lines: string) => void;
}): (refusal: Refusal) => void {
  const told = new Set<string>();
  return (refusal) => {
    const kind = `${nameOf(refusal)} ${refusal.action}`;
    if (told.has(kind)) return;
    told.add(kind);
    onRefusal(describeRefusal(refusal, projectRoot));
  };
}
