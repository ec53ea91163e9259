/** What the account that a deploy would go to says about itself. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { signedRequest } from '../../../core/aws/signed-request.ts';

export interface Account {
  /** ARN of whoever asks. */
  identity(): Promise<string>;
  /** Version of CDK's bootstrap stack; undefined without one. */
  bootstrapVersion(parameter: string): Promise<number | undefined>;
  /** Status of a stack; undefined without one. */
  stackStatus(stack: string): Promise<string | undefined>;
  /** Calls of Lambda at once that no function has reserved. */
  unreservedConcurrency(): Promise<number>;
  shards(): Promise<{ readonly limit: number; readonly used: number }>;
  quota(service: string, code: string): Promise<number>;
  vpcs(): Promise<number>;
}

interface Limits {
  readonly ShardLimit: number;
  readonly OpenShardCount: number;
}

/** The account of this process's credentials, in its region. */
export function openAccount(): Account {
  return {
    async identity() {
      const answer = await ask('sts', 'Action=GetCallerIdentity&Version=2011-06-15');
      return /<Arn>([^<]+)<\/Arn>/.exec(answer)?.[1] ?? 'nobody';
    },
    async bootstrapVersion(parameter) {
      try {
        const input = { Name: parameter };
        const { Parameter } = await askJson<{ Parameter: { Value: string } }>(
          'ssm',
          'AmazonSSM.GetParameter',
          input,
        );
        return Number(Parameter.Value);
      } catch (cause) {
        if (String(cause).includes('ParameterNotFound')) return undefined;
        throw cause;
      }
    },
    async stackStatus(stack) {
      try {
        const { Stacks } = await new CloudFormationClient().send(
          new DescribeStacksCommand({ StackName: stack }),
        );
        return Stacks?.[0]?.StackStatus;
      } catch (cause) {
        if (String(cause).includes('does not exist')) return undefined;
        throw cause;
      }
    },
    async unreservedConcurrency() {
      const { AccountLimit } = await new LambdaClient().send(new GetAccountSettingsCommand());
      const free = AccountLimit?.UnreservedConcurrentExecutions;
      if (free === undefined) throw new Error('Lambda names no limit');
      return free;
    },
    async shards() {
      const { ShardLimit: limit, OpenShardCount: used } = await askJson<Limits>(
        'kinesis',
        'Kinesis_20131202.DescribeLimits',
        {},
      );
      return { limit, used };
    },
    async quota(service, code) {
      const { Quota } = await askJson<{ Quota: { Value: number } }>(
        'servicequotas',
        'ServiceQuotasV20190624.GetServiceQuota',
        { ServiceCode: service, QuotaCode: code },
      );
      return Quota.Value;
    },
    async vpcs() {
      const answer = await ask('ec2', 'Action=DescribeVpcs&Version=2016-11-15');
      return answer.split('<vpcId>').length - 1;
    },
  };
}

/** @throws {Error} with what the service said */
async function ask(
  service: string,
  body: string,
  headers: Readonly<Record<string, string>> = {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  },
): Promise<string> {
  const answer = await signedRequest({ service, method: 'POST', headers, body });
  const text = answer.body.toString();
  if (answer.status === 200) return text;
  throw new Error(`${service} answered ${answer.status}: ${text.slice(0, 200)}`);
}

async function askJson<Answer>(service: string, target: string, input: object): Promise<Answer> {
  return JSON.parse(
    await ask(service, JSON.stringify(input), {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
    }),
  );
}
