/** How one CloudFormation resource type lives on this machine. */

/** A resource whose intrinsic functions are all resolved. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** The physical name CloudFormation would take when the template gives none. */
  readonly defaultName: string;
  /** Absolute folder of the asset that belongs to the resource (`aws:asset:path`), if it has one. */
  readonly assetPath?: string;
  /** Where the CDK app made it, for instance `Tidemill/Predict/Function`. */
  readonly constructPath?: string;
  /** Lines of the app that made it, nearest first: `/home/me/infra/storage.ts:28`. */
  readonly madeAt?: readonly string[];
}

/** What `Ref` and `Fn::GetAtt` answer for a resource. */
export interface PhysicalResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResourceHost {
  readonly types: readonly string[];
  /** Makes the resource, or finds it as an earlier start left it. */
  create(resource: Resource): Promise<PhysicalResource>;
}

/** The account and place that the laptop stands in for. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: 'aws';
}

/** Returns the ARN of a resource in the place, for instance `arn:aws:sqs:us-east-1:000000000000:failed`. */
export function arn(place: Place, service: string, resource: string): string {
  return `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;
}
