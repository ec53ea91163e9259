/** Decides by the stack's policies, and remembers what was decided. */
import type { Place } from '../resource.ts';
import type { Context } from './condition.ts';
import { decide, type Decision, type Question } from './evaluate.ts';
import type { PolicyBook } from './policy-book.ts';
import type { Principal } from './principal.ts';

export type Allowed = Extract<Decision, { kind: 'allowed' }>;

export interface JudgeOptions {
  readonly place: Place;
  readonly policies: PolicyBook;
  /** Hears of what was allowed that was not asked before. */
  readonly onAllowed?: (question: Question, decision: Allowed) => void;
}

/** Decisions that are remembered; keys of objects come without end. */
const MOST_DECISIONS = 20_000;

export function createJudge(options: JudgeOptions): (question: Question) => Decision {
  const { place, policies, onAllowed } = options;
  const remembered = new Map<string, Decision>();
  return (question) => {
    const { principal, action, resource, context } = question;
    if (principal.kind === 'administrator') return { kind: 'allowed' };
    const key = `${whoIs(principal)}|${action}|${resource}|${JSON.stringify(context)}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const whole = { ...question, context: { ...globalContext(principal, place), ...context } };
    const decision = decide(whole, {
      identity: principal.kind === 'role' ? policies.statementsOf(principal.roleArn) : [],
      resource: policies.resourceStatements(resource),
    });
    if (decision.kind === 'allowed') onAllowed?.(whole, decision);
    if (remembered.size >= MOST_DECISIONS) remembered.clear();
    remembered.set(key, decision);
    return decision;
  };
}

function whoIs(principal: Principal): string {
  if (principal.kind === 'role') return principal.roleArn;
  return principal.kind === 'service' ? `${principal.name} ${principal.sourceArn}` : principal.kind;
}

/** What is known of every request. The laptop's one port stands for endpoints with TLS. */
function globalContext(principal: Principal, { account, region }: Place): Context {
  const base = { 'aws:securetransport': ['true'], 'aws:requestedregion': [region] };
  if (principal.kind === 'role') {
    return { ...base, 'aws:principalarn': [principal.roleArn], 'aws:principalaccount': [account] };
  }
  if (principal.kind !== 'service') return base;
  return {
    ...base,
    'aws:principalisawsservice': ['true'],
    'aws:sourcearn': [principal.sourceArn],
    'aws:sourceaccount': [account],
  };
}
