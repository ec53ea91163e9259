import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  flightDelay,
  renamed,
  resourcesOf,
  type Resource,
  stage,
  statementsIn,
  synthesize,
} from './synthesize.ts';

const { serving } = flightDelay;
const token = renamed('churn', {
  serving: { ...serving, online: { ...serving.online!, access: 'token' } },
});
const template = synthesize([token], { stage: stage('prod') });
const resources = Object.values(resourcesOf(template));
const ofType = (type: string): Resource[] => resources.filter(({ Type }) => Type === type);

/** Denies whatever comes without TLS. */
const ONLY_TLS = Match.objectLike({
  PolicyDocument: Match.objectLike({
    Statement: Match.arrayWith([
      Match.objectLike({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]),
  }),
});

describe('what lies or waits is encrypted, and travels by TLS', () => {
  it('objects', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', ONLY_TLS);
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });

  it('events', () => {
    const streams = ofType('AWS::Kinesis::Stream');
    expect(streams).toHaveLength(2);
    for (const { Properties } of streams) {
      expect(Properties).toHaveProperty('StreamEncryption.EncryptionType', 'KMS');
    }
  });

  it('failures', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', ONLY_TLS);
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  });

  it('notices, on every topic', () => {
    expect(ofType('AWS::SNS::TopicPolicy')).toHaveLength(ofType('AWS::SNS::Topic').length);
    template.allResourcesProperties('AWS::SNS::TopicPolicy', ONLY_TLS);
  });
});

it('what is written down about single predictions goes when its time is over', () => {
  const rules = ofType('AWS::S3::Bucket').flatMap(({ Properties }) => {
    const { Rules } = Properties['LifecycleConfiguration'] as {
      Rules: { Prefix?: string; ExpirationInDays?: number }[];
    };
    return Rules;
  });
  const days = Object.fromEntries(rules.map((rule) => [rule.Prefix, rule.ExpirationInDays]));

  expect(days).toMatchObject({
    'predictions/churn/': 400,
    'labels/churn/': 400,
    'unsent/churn/': 400,
    'quarantine/churn/': 30,
  });
});

it('the table can be put back to any moment, and deleted only by who means it', () => {
  template.hasResource('AWS::DynamoDB::Table', {
    Properties: {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      BillingMode: 'PAY_PER_REQUEST',
    },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

it('the network has no part that costs by the hour', () => {
  for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::EIP']) {
    template.resourceCountIs(type, 0);
  }
  for (const { Properties } of ofType('AWS::EC2::VPCEndpoint')) {
    expect(Properties['VpcEndpointType']).toBe('Gateway');
  }
});

describe('jobs', () => {
  it('run on spot capacity first, and on demand where there is none', () => {
    const kinds = Object.entries(template.findResources('AWS::Batch::ComputeEnvironment'));
    const kindOf = (id: string): unknown =>
      kinds.find(([logicalId]) => logicalId === id)?.[1].Properties.ComputeResources.Type;
    const [queue] = ofType('AWS::Batch::JobQueue');
    const order = queue?.Properties['ComputeEnvironmentOrder'] as {
      Order: number;
      ComputeEnvironment: { 'Fn::GetAtt': [string, string] };
    }[];

    expect(
      order
        .toSorted((a, b) => a.Order - b.Order)
        .map(({ ComputeEnvironment }) => kindOf(ComputeEnvironment['Fn::GetAtt'][0])),
    ).toEqual(['FARGATE_SPOT', 'FARGATE']);
  });
});

it('no role may do anything, or a thing to anything but what AWS cannot narrow down', () => {
  const statements = ofType('AWS::IAM::Role').flatMap(statementsIn);
  const wide = statements
    .filter(({ Resource }) => [Resource].flat().includes('*'))
    .flatMap(({ Action }) => Action);

  // Both only read.
  expect(new Set(wide)).toEqual(new Set(['batch:DescribeJobs', 'cloudwatch:DescribeAlarms']));
  const actions = statements.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => action.endsWith(':*') || action === '*')).toEqual([]);
});
