/** Where bytes and facts are kept: one bucket and one table for all models. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { output } from './output.ts';
import type { Stage } from './stage.ts';

export interface StorageProps {
  readonly stackName: string;
  readonly stage: Stage;
}

export class Storage extends Construct {
  readonly bucket: Bucket;
  readonly table: Table;

  constructor(scope: Construct, id: string, props: StorageProps) {
    super(scope, id);
    this.bucket = this.createBucket(props);
    this.table = this.createTable(props);
    output(this, 'BucketName', this.bucket.bucketName, 'Datasets, versions, predictions, reports');
    output(this, 'TableName', this.table.tableName, 'Runs, versions, aliases and their history');
  }

  private createBucket({ stackName, stage }: StorageProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      // Where account and region are pinned the name is plain text, by which it can be taken in again.
      bucketName: `${stackName}-${Stack.of(this).account}-${Stack.of(this).region}`,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Objects are written once; a version guards against a hand that deletes, in prod only.
      versioned: stage.keepsData,
      lifecycleRules: [
        { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ...(stage.keepsData
          ? [{ id: 'deleted-by-mistake', noncurrentVersionExpiration: Duration.days(30) }]
          : []),
      ],
      // No custom resource empties it: a stage that is torn down is emptied by hand first.
      removalPolicy: stage.removal,
    });
    acknowledge(bucket, 'S1', 'Access logs of a private bucket cost more than they tell');
    return bucket;
  }

  private createTable({ stackName, stage }: StorageProps): Table {
    return new Table(this, 'Table', {
      tableName: stackName,
      partitionKey: { name: 'partition', type: AttributeType.STRING },
      sortKey: { name: 'sort', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // Only what rolling features are made from has it; everything else is kept.
      timeToLiveAttribute: 'expires',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.keepsData,
      // Protected as it is, a deployment that fails could not take it away again and would get stuck.
      removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
