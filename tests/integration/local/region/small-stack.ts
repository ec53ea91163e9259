/** A stack in miniature, as `cdk synth` would write it, for the tests of this folder. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../../local/clock.ts';
import { createRegion, type Region } from '../../../../local/region.ts';

export const projectRoot = fileURLToPath(new URL('../../../..', import.meta.url));

/** Writes each record's text to the bucket under its sequence number; text that is no JSON fails. */
const CONSUME = `
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
const s3 = new S3Client();
let seen = 0;
export const handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const { kinesis } of Records) {
    try {
      const { id } = JSON.parse(Buffer.from(kinesis.data, 'base64').toString());
      await s3.send(new PutObjectCommand({
        Bucket: process.env.BUCKET, Key: 'seen/' + id + '-' + kinesis.sequenceNumber,
        Body: JSON.stringify({ greeting: process.env.GREETING }) }));
      seen += 1;
    } catch {
      batchItemFailures.push({ itemIdentifier: kinesis.sequenceNumber });
    }
  }
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{
      Namespace: 'Tidemill', Dimensions: [['Model']], Metrics: [{ Name: 'Seen' }] }] },
    Model: 'small', Seen: seen }));
  return { batchItemFailures };
};
`;

const GREET = `
export const handler = async ({ rawPath }) => ({ statusCode: 200, body: process.env.GREETING + rawPath });
`;

function code(name: string): Record<string, string> {
  return { 'aws:asset:path': `asset.${name}` };
}

const roleOfFunctions = {
  AssumeRolePolicyDocument: {
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    },
  },
  ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
};

export function policy(resources: readonly unknown[], action: string): Record<string, unknown> {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: { Effect: 'Allow', Action: action, Resource: resources } },
    },
  };
}

function anybodyMay(action: string, limit: Record<string, unknown>): Record<string, unknown> {
  const FunctionName = { 'Fn::GetAtt': ['Greet', 'Arn'] };
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: { Action: `lambda:${action}`, FunctionName, Principal: '*', ...limit },
  };
}

export function smallTemplate(greeting: string): Record<string, unknown> {
  const functionProperties = {
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    MemorySize: 256,
    Timeout: 10,
  };
  return {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: roleOfFunctions },
      ReadStream: policy([{ 'Fn::GetAtt': ['Events', 'Arn'] }], 'kinesis:*'),
      WriteSeen: policy([{ 'Fn::Sub': '${Bucket.Arn}/seen/*' }], 's3:PutObject'),
      TellFailures: policy([{ 'Fn::GetAtt': ['Failures', 'Arn'] }], 'sqs:SendMessage'),
      Bucket: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' },
      Events: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'events', ShardCount: 2 } },
      Failures: { Type: 'AWS::SQS::Queue' },
      Consume: {
        Type: 'AWS::Lambda::Function',
        Metadata: code('consume'),
        Properties: {
          ...functionProperties,
          FunctionName: 'consume',
          Environment: { Variables: { BUCKET: { Ref: 'Bucket' }, GREETING: greeting } },
        },
      },
      ConsumeVersion: {
        Type: 'AWS::Lambda::Version',
        Properties: { FunctionName: { Ref: 'Consume' } },
      },
      ConsumeLive: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName: { Ref: 'Consume' },
          FunctionVersion: { 'Fn::GetAtt': ['ConsumeVersion', 'Version'] },
          Name: 'live',
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Events', 'Arn'] },
          // As CDK writes the name of an alias.
          FunctionName: {
            'Fn::Join': [
              '',
              [{ 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: 'ConsumeLive' }] }] }, ':live'],
            ],
          },
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 20,
          BisectBatchOnFunctionError: true,
          MaximumRetryAttempts: 1,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          DestinationConfig: {
            OnFailure: { Destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } },
          },
        },
      },
      Greet: {
        Type: 'AWS::Lambda::Function',
        Metadata: code('greet'),
        Properties: {
          ...functionProperties,
          Environment: { Variables: { GREETING: greeting } },
        },
      },
      AnybodyGreets: anybodyMay('InvokeFunctionUrl', { FunctionUrlAuthType: 'NONE' }),
      AnybodyInvokes: anybodyMay('InvokeFunction', { InvokedViaFunctionUrl: true }),
      GreetUrl: {
        Type: 'AWS::Lambda::Url',
        Properties: { TargetFunctionArn: { 'Fn::GetAtt': ['Greet', 'Arn'] }, AuthType: 'NONE' },
      },
    },
    Outputs: {
      Url: { Value: { 'Fn::GetAtt': ['GreetUrl', 'FunctionUrl'] } },
      BucketName: { Value: { Ref: 'Bucket' } },
      FailuresQueueUrl: { Value: { Ref: 'Failures' } },
    },
  };
}

export interface SmallStack {
  readonly folder: string;
  readonly cloudAssembly: string;
  readonly stateFolder: string;
  write(template: Record<string, unknown>): Promise<void>;
  region(port?: number, onRefusal?: (lines: string) => void): Region;
  remove(): Promise<void>;
}

export async function writeSmallStack(): Promise<SmallStack> {
  const folder = await mkdtemp(join(tmpdir(), 'region-'));
  const cloudAssembly = join(folder, 'cdk.out');
  const stateFolder = join(folder, 'state');
  for (const [name, text] of Object.entries({ consume: CONSUME, greet: GREET })) {
    await mkdir(join(cloudAssembly, `asset.${name}`), { recursive: true });
    await writeFile(join(cloudAssembly, `asset.${name}`, 'index.mjs'), text);
  }
  const stack = {
    folder,
    cloudAssembly,
    stateFolder,
    async write(template: Record<string, unknown>) {
      await writeFile(join(cloudAssembly, 'small.template.json'), JSON.stringify(template));
      await writeFile(
        join(cloudAssembly, 'manifest.json'),
        JSON.stringify({
          artifacts: {
            small: {
              type: 'aws:cloudformation:stack',
              environment: 'aws://unknown-account/unknown-region',
              properties: { templateFile: 'small.template.json' },
            },
          },
        }),
      );
    },
    region: (port = 0, onRefusal = (lines: string) => console.error(lines)) =>
      createRegion({
        cloudAssembly,
        stateFolder,
        projectRoot,
        port,
        clock: systemClock,
        onRefusal,
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  await stack.write(smallTemplate('hello'));
  return stack;
}
