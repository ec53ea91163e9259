/** What a job's container starts from: the stock Node image and a code asset, or an image of your own. */
import { Annotations, Aws, CfnResource } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { jobBootstrap } from './job-bootstrap.ts';

const STOCK_IMAGE = 'public.ecr.aws/docker/library/node:22-bookworm-slim';

export interface JobCodeProps {
  readonly code: Bundle;

  /**
   * Image in this account's ECR whose working directory holds `main.mjs` and its `node_modules`.
   *
   * @default the stock Node image, which fetches the code when it starts
   */
  readonly image?: string;
}

export class JobCode extends Construct {
  readonly image: ContainerImage;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whom the container runs as, where the image is known to have somebody else than root. */
  readonly user?: string;
  private readonly asset: Asset | undefined;

  constructor(scope: Construct, id: string, { code, image }: JobCodeProps) {
    super(scope, id);
    this.image = ContainerImage.fromRegistry(image ?? STOCK_IMAGE);
    this.command = ['node', '--eval', jobBootstrap(), '--'];
    if (image !== undefined) {
      this.environment = {};
      Annotations.of(scope).acknowledgeWarning(
        '@aws-cdk/aws-ecs:ecrImageRequiresPolicy',
        'grantFetch attaches it to every execution role',
      );
      return;
    }
    this.user = 'node';
    this.asset = new Asset(this, 'Asset', { path: code.folder, assetHash: code.digest });
    this.environment = {
      AWS_REGION: Aws.REGION,
      CODE_BUCKET: this.asset.s3BucketName,
      CODE_KEY: this.asset.s3ObjectKey,
      CODE_SHA256: code.digest,
    };
  }

  /** Lets the job fetch the code, or its execution role the image. */
  grantFetch(jobRole: Role, executionRole: Role): void {
    if (this.asset !== undefined) {
      jobRole.addToPolicy(
        new PolicyStatement({
          actions: ['s3:GetObject'],
          resources: [this.asset.bucket.arnForObjects(this.asset.s3ObjectKey)],
        }),
      );
      return;
    }
    const repositories = `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${Aws.ACCOUNT_ID}:repository/*`;
    executionRole.addToPolicy(
      new PolicyStatement({
        actions: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:GetDownloadUrlForLayer',
        ],
        resources: [repositories],
      }),
    );
    executionRole.addToPolicy(
      new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    );
    const flat = 'arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/*';
    acknowledge(executionRole, `IAM5[Resource::${flat}]`, 'The image is named by its URI only');
    acknowledge(executionRole, 'IAM5[Resource::*]', 'ECR has no resource for its login');
  }

  /** Says in the template where the code lies, as CDK does for functions. */
  describeAsset(definition: IConstruct): void {
    const resource = definition.node.defaultChild;
    if (CfnResource.isCfnResource(resource)) {
      this.asset?.addResourceMetadata(resource, 'ContainerProperties.Command');
    }
  }
}
