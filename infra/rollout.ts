/** New code of serving functions: a tenth of the calls for ten minutes, then all; back if it rings. */
import { Aws } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { LIVE } from './live-alias.ts';
import type { ModelFunction, OfModel } from './model-function.ts';
import { OwnRole } from './own-role.ts';

export interface RolloutProps extends OfModel {
  /** What serves, under which alias, and which alarms turn a deployment back. */
  readonly served: readonly Served[];
}

export interface Served {
  readonly by: ModelFunction;
  readonly alias: Alias;
  readonly alarms: readonly Alarm[];
}

/**
 * Without this construct CloudFormation moves an alias at once. With it, CodeDeploy does, and an
 * update of the stack waits for it: if an alarm rings meanwhile, or rang already, the alias goes
 * back and the whole stack with it.
 */
export class Rollout extends Construct {
  constructor(scope: Construct, id: string, { platform, model, served }: RolloutProps) {
    super(scope, id);
    const name = `${platform.stackName}-${model}`;
    const application = new LambdaApplication(this, 'Application', { applicationName: name });
    const role = this.createRole(name, served);
    for (const { by, alias, alarms } of served) {
      new LambdaDeploymentGroup(this, by.purpose, {
        application,
        deploymentGroupName: by.purpose,
        alias,
        alarms: [...alarms],
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_10MINUTES,
        // AWS's own policy for it may move every alias of the account.
        role: role.withoutPolicyUpdates(),
      });
    }
  }

  private createRole(name: string, served: readonly Served[]): Role {
    // By name: the alias waits for its deployment group, and the group for its role.
    const prefix = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function`;
    const aliases = served.map(({ by }) => `${prefix}:${name}-${by.purpose}:${LIVE}`);
    const role = new OwnRole(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      description: `${name}, to move its aliases to new code`,
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'lambda:GetAlias',
          'lambda:GetProvisionedConcurrencyConfig',
          'lambda:UpdateAlias',
        ],
        resources: aliases,
      }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }),
    );
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'CodeDeploy asks for the states of several alarms in one call, which only reads',
    );
    return role;
  }
}
