/** What GitHub's workflows may do in this account: roles that their tokens assume, and no key. */
import { Aws, Duration, Stack } from 'aws-cdk-lib';
import {
  CfnOIDCProvider,
  type IPrincipal,
  PolicyStatement,
  type Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { OwnRole } from './own-role.ts';
import { output } from './output.ts';

const HOST = 'token.actions.githubusercontent.com';

/** By the names that `cdk bootstrap` gives its roles. */
const BOOTSTRAP = 'cdk-hnb659fds';

export interface GithubAccessProps {
  /** For instance 'owner/name'. */
  readonly repository: string;
  /** Environments of the repository that may deploy, each to the stage of its name. */
  readonly stages: readonly string[];
  /** ARN of GitHub's provider, of which an account has one at most. @default it is made */
  readonly provider?: string;
}

/**
 * A stack of its own, deployed once an account by a person:
 * `npx cdk deploy -c githubRepository=owner/name`.
 */
export class GithubAccessStack extends Stack {
  constructor(scope: Construct, { repository, stages, provider }: GithubAccessProps) {
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
      throw new Error(`repository '${repository}' must read owner/name`);
    }
    const stackName = 'tidemill-github';
    super(scope, stackName, {
      stackName,
      description: `Tidemill: what workflows of ${repository} may do`,
      analyticsReporting: false,
    });
    const trusted = provider ?? this.createProvider();
    const subjects = stages.map((stage) => `repo:${repository}:environment:${stage}`);
    const deploy = this.createRole('Deploy', 'deploys and tries stages', trusted, subjects);
    this.allowBootstrapRoles(deploy, ['deploy', 'file-publishing', 'lookup']);
    this.allowSmoke(deploy, stages);
    output(this, 'DeployRoleArn', deploy.roleArn, 'Variable AWS_ROLE of the environments');

    const pulls = [`repo:${repository}:pull_request`];
    const diff = this.createRole('Diff', 'shows what a pull request would change', trusted, pulls);
    this.allowBootstrapRoles(diff, ['lookup']);
    output(this, 'DiffRoleArn', diff.roleArn, 'Variable AWS_DIFF_ROLE of the repository');
  }

  private createProvider(): string {
    const provider = new CfnOIDCProvider(this, 'Provider', {
      url: `https://${HOST}`,
      clientIdList: ['sts.amazonaws.com'],
    });
    return provider.attrArn;
  }

  private createRole(id: string, does: string, provider: string, subjects: string[]): Role {
    const principal: IPrincipal = new WebIdentityPrincipal(provider, {
      StringEquals: { [`${HOST}:aud`]: 'sts.amazonaws.com', [`${HOST}:sub`]: subjects },
    });
    return new OwnRole(this, id, {
      assumedBy: principal,
      description: `GitHub, ${does}`,
      maxSessionDuration: Duration.hours(2),
    });
  }

  /** What CDK does, its own roles do; of this account only. */
  private allowBootstrapRoles(role: Role, kinds: readonly string[]): void {
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: kinds.map(
          (kind) =>
            `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${BOOTSTRAP}-${kind}-role-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
        ),
      }),
    );
  }

  /** What `tidemill smoke` calls, in these stages only. */
  private allowSmoke(role: Role, stages: readonly string[]): void {
    for (const stack of stages.map((stage) => `tidemill-${stage}`)) {
      const allow = (actions: string[], service: string, names: string[]): void => {
        const arns = names.map((name) => `${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${name}`);
        const resources = arns.map((arn) => `arn:${Aws.PARTITION}:${arn}`);
        role.addToPolicy(new PolicyStatement({ actions, resources }));
        for (const name of names.filter((each) => each.includes('*'))) {
          const flat = `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${name}`;
          acknowledge(role, `IAM5[Resource::${flat}]`, 'Which models there are is not known here');
        }
      };
      allow(['cloudformation:DescribeStacks'], 'cloudformation', [`stack/${stack}/*`]);
      allow(INVOKE, 'lambda', [`function:${stack}-*:live`]);
      allow(PUT_AND_READ, 'kinesis', [`stream/${stack}-*`]);
      allow(['dynamodb:Query', 'dynamodb:GetItem'], 'dynamodb', [`table/${stack}`]);
      allow(['batch:SubmitJob'], 'batch', [`job-queue/${stack}`, `job-definition/${stack}-*`]);
      allow(RING, 'cloudwatch', [`alarm:${stack}-drill`]);
      allow(['secretsmanager:GetSecretValue'], 'secretsmanager', [`secret:${stack}/*`]);
      allow(['logs:GetLogEvents'], 'logs', [`log-group:/aws/batch/${stack}-*`]);
    }
    role.addToPolicy(new PolicyStatement({ actions: ['batch:DescribeJobs'], resources: ['*'] }));
    acknowledge(role, 'IAM5[Resource::*]', 'Batch knows no resources for reading');
  }
}

const INVOKE = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];
const PUT_AND_READ = [
  'kinesis:PutRecords',
  'kinesis:ListShards',
  'kinesis:GetShardIterator',
  'kinesis:GetRecords',
];
const RING = ['cloudwatch:SetAlarmState', 'cloudwatch:DescribeAlarmHistory'];
