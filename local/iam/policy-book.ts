/** The policies of the stack, learnt from its resources as they are made. */
import * as z from 'zod';
import type { PhysicalResource, Place, Resource } from '../resource.ts';
import { managedPolicy } from './managed-policies.ts';
import { permissionStatement } from './permission.ts';
import { compilePolicy, type Origin, type Statement } from './statement.ts';

/** A role of the template. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly origin: Origin;
  /** Who may take it on. */
  readonly trust: readonly Statement[];
  /** Of all policies that hang on it. */
  readonly statements: readonly Statement[];
}

const Document = z.unknown();
const names = z.array(z.string()).default([]);

const RoleProperties = z.object({
  AssumeRolePolicyDocument: Document,
  ManagedPolicyArns: names,
  Policies: z.array(z.object({ PolicyDocument: Document })).default([]),
});
const RolePolicy = z.object({ PolicyDocument: Document, RoleName: z.string().optional() });
const AttachedPolicy = z.object({ PolicyDocument: Document, Roles: names });
const BucketPolicy = z.object({ Bucket: z.string(), PolicyDocument: Document });
const QueuePolicy = z.object({ Queues: names, PolicyDocument: Document });
const TopicPolicy = z.object({ Topics: names, PolicyDocument: Document });
const OwnPolicy = z.object({ ResourceArn: z.string(), ResourcePolicy: Document });

type Learn = (resource: Resource, physical: PhysicalResource, origin: Origin) => void;

export class PolicyBook {
  readonly #place: Place;
  readonly #roles = new Map<string, Omit<Role, 'statements'>>();
  /** By the name of the role. */
  readonly #ofRoles = new Map<string, Statement[]>();
  /** By the ARN of the resource. */
  readonly #ofResources = new Map<string, Statement[]>();
  /** Policies of their own that roles name by ARN. */
  readonly #managed = new Map<string, readonly Statement[]>();
  readonly #managedArns = new Map<string, readonly string[]>();
  readonly #learning: Readonly<Record<string, Learn>>;

  constructor(place: Place) {
    this.#place = place;
    this.#learning = {
      'AWS::IAM::Role': (...heard) => this.#learnRole(...heard),
      'AWS::IAM::Policy': (...heard) => this.#learnAttached(...heard),
      'AWS::IAM::ManagedPolicy': (...heard) => this.#learnAttached(...heard),
      'AWS::IAM::RolePolicy': ({ properties }, _, origin) => {
        const { RoleName = '', PolicyDocument } = RolePolicy.parse(properties);
        add(this.#ofRoles, [RoleName], compilePolicy(PolicyDocument, origin));
      },
      'AWS::S3::BucketPolicy': ({ properties }, _, origin) => {
        const { Bucket, PolicyDocument } = BucketPolicy.parse(properties);
        this.#attach([`arn:aws:s3:::${Bucket}`], PolicyDocument, origin);
      },
      'AWS::SQS::QueuePolicy': ({ properties }, _, origin) => {
        const { Queues, PolicyDocument } = QueuePolicy.parse(properties);
        this.#attach(
          Queues.map((url) => this.#queueArn(url)),
          PolicyDocument,
          origin,
        );
      },
      'AWS::SNS::TopicPolicy': ({ properties }, _, origin) => {
        const { Topics, PolicyDocument } = TopicPolicy.parse(properties);
        this.#attach(Topics, PolicyDocument, origin);
      },
      'AWS::Kinesis::ResourcePolicy': ({ properties }, _, origin) => {
        const { ResourceArn, ResourcePolicy } = OwnPolicy.parse(properties);
        this.#attach([ResourceArn], ResourcePolicy, origin);
      },
      'AWS::Lambda::Permission': ({ properties }, _, origin) => {
        const { functionArn, statement } = permissionStatement(properties, origin, this.#place);
        add(this.#ofResources, [ownerOf(functionArn)], [statement]);
      },
    };
  }

  /**
   * Takes in what a resource of the template says about who may do what.
   *
   * @throws {PolicyError} where it says something that the region cannot judge
   */
  learn(resource: Resource, physical: PhysicalResource): void {
    const { constructPath: path = resource.logicalId, madeAt = [] } = resource;
    this.#learning[resource.type]?.(resource, physical, { path, madeAt });
  }

  /** Finds a role of the template. */
  role(roleArn: string): Role | undefined {
    const role = this.#roles.get(roleArn);
    return role && { ...role, statements: this.#statementsOf(role) };
  }

  roles(): Role[] {
    return [...this.#roles.keys()].flatMap((roleArn) => this.role(roleArn) ?? []);
  }

  /** Returns what the policies of a role say; nothing for a role that the template does not have. */
  statementsOf(roleArn: string): readonly Statement[] {
    return this.role(roleArn)?.statements ?? [];
  }

  /** Returns the policy of a resource, or of the one that it is a part of. */
  resourceStatements(resourceArn: string): readonly Statement[] {
    return this.#ofResources.get(ownerOf(resourceArn)) ?? [];
  }

  allResourceStatements(): readonly Statement[] {
    return [...this.#ofResources.values()].flat();
  }

  #statementsOf({ arn: roleArn, name }: Omit<Role, 'statements'>): Statement[] {
    const attached = this.#managedArns.get(roleArn) ?? [];
    return [
      ...(this.#ofRoles.get(name) ?? []),
      ...attached.flatMap((one) => this.#managed.get(one) ?? managedPolicy(one)),
    ];
  }

  #learnRole(
    { properties }: Resource,
    { ref, attributes }: PhysicalResource,
    origin: Origin,
  ): void {
    const { AssumeRolePolicyDocument, ManagedPolicyArns, Policies } =
      RoleProperties.parse(properties);
    const roleArn = attributes['Arn'] ?? ref;
    const trust =
      AssumeRolePolicyDocument === undefined ? [] : compilePolicy(AssumeRolePolicyDocument, origin);
    this.#roles.set(roleArn, { arn: roleArn, name: ref, origin, trust });
    this.#managedArns.set(roleArn, ManagedPolicyArns);
    for (const { PolicyDocument } of Policies) {
      add(this.#ofRoles, [ref], compilePolicy(PolicyDocument, origin));
    }
  }

  #learnAttached({ properties }: Resource, { ref }: PhysicalResource, origin: Origin): void {
    const { PolicyDocument, Roles } = AttachedPolicy.parse(properties);
    const statements = compilePolicy(PolicyDocument, origin);
    this.#managed.set(ref, statements);
    add(this.#ofRoles, Roles, statements);
  }

  #attach(resourceArns: readonly string[], document: unknown, origin: Origin): void {
    add(this.#ofResources, resourceArns, compilePolicy(document, origin));
  }

  #queueArn(url: string): string {
    const { partition, region, account } = this.#place;
    return `arn:${partition}:sqs:${region}:${account}:${url.split('/').pop()}`;
  }
}

function add(
  book: Map<string, Statement[]>,
  keys: readonly string[],
  statements: readonly Statement[],
): void {
  for (const key of keys) book.set(key, [...(book.get(key) ?? []), ...statements]);
}

/** Policies hang on buckets and functions, not on their objects and versions. */
function ownerOf(resourceArn: string): string {
  if (resourceArn.startsWith('arn:aws:s3:::')) return resourceArn.split('/', 1)[0] ?? '';
  if (resourceArn.includes(':function:')) return resourceArn.split(':').slice(0, 7).join(':');
  return resourceArn;
}
