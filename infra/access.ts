/** What a role may touch: only its own model's keys and facts, said where the role is made. */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcard } from './acknowledge.ts';

/** Key prefixes of the bucket and partitions of the table; nothing is allowed that is left out. */
export interface Reach {
  /** Prefixes whose objects are read by their exact key. */
  readonly reads?: readonly string[];
  /** Prefixes whose objects are listed and read. */
  readonly lists?: readonly string[];
  /** Prefixes whose objects are listed and not read. */
  readonly names?: readonly string[];
  readonly writes?: readonly string[];
  readonly readsFacts?: readonly string[];
  readonly writesFacts?: readonly string[];
  /** Partitions of which many items are read at once, and written. */
  readonly keepsFacts?: readonly string[];
}

/** Partitions of the table that belong to a model. */
export interface FactPartitions {
  readonly versions: string;
  readonly aliases: string;
  readonly runs: string;
  readonly locks: string;
  readonly batch: string;
  /** Trainings that alarms started, the breaker, rollouts. */
  readonly loop: string;
  /** What rolling features are made from, a partition an entity. */
  readonly rolling: string;
}

export function factPartitions(model: string): FactPartitions {
  return {
    versions: `model#${model}`,
    // One partition an alias, and people make aliases as they need them.
    aliases: `alias#${model}#*`,
    runs: `experiment#${model}`,
    locks: `lock#${model}`,
    batch: `batch#${model}`,
    loop: `loop#${model}`,
    rolling: `rolling#${model}#*`,
  };
}

export function grantReach(
  role: Role,
  { bucket, table }: { readonly bucket: IBucket; readonly table: ITable },
  {
    reads = [],
    lists = [],
    names = [],
    writes = [],
    readsFacts = [],
    writesFacts = [],
    keepsFacts = [],
  }: Reach,
): void {
  onObjects(role, bucket, ['s3:GetObject'], [...reads, ...lists]);
  onObjects(role, bucket, ['s3:PutObject', 's3:AbortMultipartUpload'], writes);
  const listed = [...lists, ...names];
  if (listed.length > 0) {
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': listed.map((prefix) => `${prefix}*`) } },
      }),
    );
  }
  onFacts(role, table, ['dynamodb:GetItem', 'dynamodb:Query'], [...readsFacts, ...writesFacts]);
  onFacts(role, table, ['dynamodb:PutItem'], writesFacts);
  onFacts(
    role,
    table,
    ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
    keepsFacts,
  );
}

function onObjects(
  role: Role,
  bucket: IBucket,
  actions: readonly string[],
  prefixes: readonly string[],
): void {
  if (prefixes.length === 0) return;
  const resources = prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));
  role.addToPolicy(new PolicyStatement({ actions: [...actions], resources }));
  for (const prefix of prefixes) {
    acknowledgeWildcard(
      role,
      bucket,
      `/${prefix}*`,
      'Keys below the prefix hold dates and run ids, which nobody knows beforehand',
    );
  }
}

function onFacts(
  role: Role,
  table: ITable,
  actions: readonly string[],
  partitions: readonly string[],
): void {
  if (partitions.length === 0) return;
  role.addToPolicy(
    new PolicyStatement({
      actions: [...actions],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] } },
    }),
  );
}
