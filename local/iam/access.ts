/** The region's gate: who calls, and whether the stack's policies let them. */
import { type AccessKey, createCredentials } from '../credentials.ts';
import type { PhysicalResource, Place, Resource } from '../resource.ts';
import type { Roles, UrlGate } from '../services.ts';
import { AwsError } from '../wire/aws-error.ts';
import { ADMINISTRATOR, type Caller } from '../wire/caller.ts';
import { decide, type Question } from './evaluate.ts';
import { createJudge } from './judge.ts';
import { type Need, NEEDS, type NeedsOf, type Surroundings } from './needs/index.ts';
import { PolicyBook } from './policy-book.ts';
import { type Principal, principalArn } from './principal.ts';
import { errorOf, type Refusal } from './refusal.ts';
import { TableKeys } from './table-keys.ts';
import type { Usage } from './usage.ts';

export type UnsignedCallers = 'administrator' | 'nobody';

/** What people at the laptop sign with, where they must. */
const ADMINISTRATORS_KEY = 'test';

export interface AccessOptions {
  readonly place: Place;
  /**
   * As whom Function URLs that ask for a signature take calls without one.
   *
   * @default 'administrator', so that a person at the laptop may use curl
   */
  readonly unsignedCallers?: UnsignedCallers;
  /** Hears of every call that is refused. */
  readonly onRefusal?: (refusal: Refusal) => void;
  /** Where it is written down what roles use of what they are granted. @default nowhere */
  readonly usage?: Usage;
}

export class Access implements Roles, UrlGate {
  readonly admitsUnsigned: boolean;
  readonly #options: AccessOptions;
  readonly #policies: PolicyBook;
  readonly #tables = new TableKeys();
  readonly #credentials = createCredentials();
  readonly #judge: ReturnType<typeof createJudge>;
  readonly #callers = new Map<string, Caller>();
  readonly #around: Surroundings;
  readonly #administrator: Caller;

  constructor(options: AccessOptions) {
    const { place, unsignedCallers = 'administrator' } = options;
    this.#options = options;
    const arn = principalArn({ kind: 'administrator' }, place.account);
    this.#administrator = { ...ADMINISTRATOR, identity: { userId: 'laptop', arn } };
    this.admitsUnsigned = unsignedCallers === 'administrator';
    this.#policies = new PolicyBook(place);
    this.#judge = createJudge({
      place,
      policies: this.#policies,
      onAllowed: (...allowed) => options.usage?.used(...allowed, this.#policies),
    });
    this.#around = { place, partitionKeyOf: (table, index) => this.#tables.of(table, index) };
  }

  /** Takes in what a resource of the template says about who may do what. */
  learn(resource: Resource, physical: PhysicalResource): void {
    this.#policies.learn(resource, physical);
    this.#tables.learn(resource, physical);
  }

  issue(roleArn: string, session: string): AccessKey {
    return this.#credentials.issue(roleArn, session);
  }

  /** The stack is hosted: nothing more is to be learnt. */
  complete(): void {
    this.#options.usage?.granted(this.#policies);
  }

  /** Returns who signs with a key; any key that the region did not hand out is its administrator's. */
  callerOf(accessKeyId: string | undefined, service: string): Caller {
    const key = `${accessKeyId} ${service}`;
    const known = this.#callers.get(key);
    if (known !== undefined) return known;
    const principal = this.#credentials.find(accessKeyId ?? '')?.principal;
    if (principal === undefined) return this.#administrator;
    const caller = this.#createCaller(principal, service);
    this.#callers.set(key, caller);
    return caller;
  }

  signerOf(
    accessKeyId: string,
  ): { readonly principal: Principal; readonly secret: string } | undefined {
    if (accessKeyId === ADMINISTRATORS_KEY) {
      return { principal: { kind: 'administrator' }, secret: ADMINISTRATORS_KEY };
    }
    return this.#credentials.find(accessKeyId);
  }

  /**
   * Asks for somebody whether they may do what they are about to do.
   *
   * @throws {AwsError} what AWS would refuse it with
   */
  require(principal: Principal, service: string, need: Need): void {
    this.#pass(this.#refusalOf(principal, [need]), service);
  }

  requireTrust(roleArn: string, service: string): void {
    const role = this.#policies.role(roleArn);
    if (role === undefined) throw new Error(`the template has no role ${roleArn}`);
    const principal: Principal = { kind: 'service', name: service, sourceArn: '' };
    const question = { principal, action: 'sts:AssumeRole', resource: roleArn, context: {} };
    if (decide(question, { identity: [], resource: role.trust }).kind === 'allowed') return;
    throw new Error(
      `role ${role.origin.path} cannot be assumed by ${service}; name it in the role's assumedBy`,
    );
  }

  #createCaller(principal: Principal, service: string): Caller {
    const { account } = this.#options.place;
    const find: (...call: Parameters<Caller['require']>) => Refusal | undefined = (
      operation,
      input,
    ) => this.#refusalOf(principal, needsOf(service, operation)(input, this.#around));
    return {
      identity: { userId: 'laptop', arn: principalArn(principal, account) },
      refusal(operation, input) {
        const found = find(operation, input);
        return found && errorOf(found, service, account);
      },
      require: (operation, input) => this.#pass(find(operation, input), service),
    };
  }

  #refusalOf(principal: Principal, needs: readonly Need[]): Refusal | undefined {
    for (const { action, resources, context = {} } of needs) {
      for (const resource of resources) {
        const refusal = this.#refuse({ principal, action, resource, context });
        if (refusal !== undefined) return refusal;
      }
    }
    return undefined;
  }

  #refuse(question: Question): Refusal | undefined {
    const decision = this.#judge(question);
    if (decision.kind === 'allowed') return undefined;
    const { principal } = question;
    const role = principal.kind === 'role' ? this.#policies.role(principal.roleArn) : undefined;
    return { ...question, decision, role };
  }

  #pass(refusal: Refusal | undefined, service: string): void {
    if (refusal === undefined) return;
    this.#options.onRefusal?.(refusal);
    this.#options.usage?.refused(refusal);
    throw errorOf(refusal, service, this.#options.place.account);
  }
}

function needsOf(service: string, operation: string): NeedsOf {
  const needs = NEEDS[service]?.[operation];
  if (needs !== undefined) return needs;
  throw new AwsError(
    'AccessDeniedException',
    `the laptop does not know which permissions '${operation}' of ${service} needs; ` +
      'write them into local/iam/needs/',
    { status: 403 },
  );
}
