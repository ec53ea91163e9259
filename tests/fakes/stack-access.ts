/** The gate of the laptop's region, with the policies of a template that nothing hosts. */
import { Access } from '../../local/iam/access.ts';
import type { Usage } from '../../local/iam/usage.ts';
import { arn, type Place, type Resource, type ResourceHost } from '../../local/resource.ts';
import type { Roles } from '../../local/services.ts';
import { createPassiveHost } from '../../local/template/passive.ts';
import { createStack } from '../../local/template/stack.ts';
import { Template } from '../../local/template/template.ts';
import type { Caller } from '../../local/wire/caller.ts';
import type { Input } from '../../local/wire/operations.ts';

const place: Place = { account: '000000000000', region: 'us-east-1', partition: 'aws' };

export interface StackAccess {
  /** For a region that hosts some of the stack. */
  readonly gate: Roles & Pick<Access, 'callerOf'>;
  /** Returns the ARN of the role with a description. */
  roleOf(description: string): string;
  /** Returns somebody with a role who asks a service. */
  callerWith(roleArn: string, service: string): Caller;
  /** Returns what an operation of a service would be refused with, or undefined if it would not. */
  refusal(roleArn: string, service: string, operation: string, input: Input): string | undefined;
}

/**
 * @param template what `cdk synth` writes, as JSON
 * @param usage where it is written down what roles use
 */
export async function openStackAccess(template: unknown, usage?: Usage): Promise<StackAccess> {
  const access = new Access({ place, ...(usage && { usage }) });
  const roles = new Map<string, string>();
  const parsed = Template.parse(template);
  const passive = createPassiveHost(place);
  const rest = new Set(Object.values(parsed.Resources).map(({ Type }) => Type));
  const named = namesOnly([...rest].filter((type) => !passive.types.includes(type)));
  const heard = [passive, named].map((host): ResourceHost => ({
    types: host.types,
    async create(resource) {
      const physical = await host.create(resource);
      access.learn(resource, physical);
      if (resource.type === 'AWS::IAM::Role') {
        roles.set(String(resource.properties['Description']), physical.attributes['Arn'] ?? '');
      }
      return physical;
    },
  }));
  const assembly = { folder: '.', stackName: 'tidemill-dev', template: parsed };
  await createStack(assembly, heard, place);
  access.complete();
  const callerWith = (roleArn: string, service: string): Caller =>
    access.callerOf(access.issue(roleArn, 'test').AWS_ACCESS_KEY_ID, service);
  return {
    gate: access,
    roleOf(description) {
      const role = roles.get(description);
      if (role !== undefined) return role;
      throw new Error(`no role is '${description}'; there are: ${[...roles.keys()].join('; ')}`);
    },
    callerWith,
    refusal: (roleArn, service, operation, input) =>
      callerWith(roleArn, service).refusal(operation, input)?.message,
  };
}

/** What `Ref` and `Arn` are of resources that have a body in the region. */
function namesOnly(types: readonly string[]): ResourceHost {
  return {
    types,
    async create(resource) {
      const name = nameOf(resource);
      const whole = arnOf(resource.type, name);
      const byArn = /Batch|SNS|Secret|Alias|Version/.test(resource.type);
      return {
        ref: byArn ? whole : name,
        attributes: {
          ...Object.fromEntries(ARNS.map((one) => [one, whole])),
          ...Object.fromEntries(TEXTS.map((one) => [one, name])),
        },
      };
    },
  };
}

const ARNS = ['Arn', 'Id', 'TopicArn', 'JobQueueArn', 'ComputeEnvironmentArn', 'AliasArn'];
const TEXTS = ['TopicName', 'QueueName', 'FunctionUrl', 'Version'];

const NAMES = ['BucketName', 'TableName', 'FunctionName', 'QueueName', 'TopicName', 'Name'];

function nameOf({ properties, defaultName }: Resource): string {
  const names = [...NAMES, 'JobDefinitionName', 'JobQueueName', 'LogGroupName', 'AlarmName'];
  const given = names.map((one) => properties[one]).find((name) => typeof name === 'string');
  return typeof given === 'string' ? given : defaultName;
}

/** Of types whose ARNs are not `<kind>/<name>`. */
const RESOURCE_PARTS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::DynamoDB::Table': (name) => `table/${name}`,
  'AWS::Kinesis::Stream': (name) => `stream/${name}`,
  'AWS::Lambda::Function': (name) => `function:${name}`,
  'AWS::Lambda::Version': (name) => `function:${name}:1`,
  'AWS::Lambda::Alias': (name) => `function:${name}:live`,
  'AWS::Batch::JobDefinition': (name) => `job-definition/${name}:1`,
  'AWS::Batch::JobQueue': (name) => `job-queue/${name}`,
  'AWS::CloudWatch::Alarm': (name) => `alarm:${name}`,
  'AWS::SQS::Queue': (name) => name,
  'AWS::SNS::Topic': (name) => name,
  'AWS::Logs::LogGroup': (name) => `log-group:${name}:*`,
};

function arnOf(type: string, name: string): string {
  if (type === 'AWS::S3::Bucket') return `arn:aws:s3:::${name}`;
  const [, service = '', kind = ''] = type.toLowerCase().split('::');
  return arn(place, service, RESOURCE_PARTS[type]?.(name) ?? `${kind}/${name}`);
}
