import { describe, expect, it } from 'vitest';
import { stageOf } from '../../infra/stage.ts';
import { flightDelay, resourcesOf, stage, synthesize } from './synthesize.ts';

const template = synthesize([flightDelay]);
const resources = Object.entries(resourcesOf(template));
const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);

/** What the laptop's region hosts, or knows that it need not. */
const HOSTED = new Set([
  'AWS::Batch::ComputeEnvironment',
  'AWS::Batch::JobDefinition',
  'AWS::Batch::JobQueue',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::DynamoDB::Table',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
]);

it('has no resource that the laptop cannot host', () => {
  const types = new Set(resources.map(([, { Type }]) => Type));

  expect([...types].filter((type) => !HOSTED.has(type))).toEqual([]);
});

it('every function writes to a log that is not kept for ever', () => {
  const kept = ofType('AWS::Logs::LogGroup')
    .filter(([, { Properties }]) => Number(Properties['RetentionInDays']) > 0)
    .map(([id]) => id);

  const functions = ofType('AWS::Lambda::Function');
  expect(functions).toHaveLength(5);
  for (const [, { Properties }] of functions) {
    const { LogGroup } = Properties['LoggingConfig'] as { LogGroup: { Ref: string } };
    expect(kept).toContain(LogGroup.Ref);
  }
});

describe('nothing is open to the world', () => {
  it('the bucket blocks the public', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('whoever is anybody is only ever denied', () => {
    const open = resources.filter(([, { Properties }]) =>
      /"Effect":"Allow","Principal":("\*"|\{"AWS":"\*"\})|"Principal":"\*"[^}]*"Effect":"Allow"/.test(
        JSON.stringify(Properties),
      ),
    );
    expect(open).toEqual([]);
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', { Principal: '*' }, 0);
  });

  it('no security group lets anything in', () => {
    const groups = ofType('AWS::EC2::SecurityGroup');
    expect(groups).toHaveLength(2);
    for (const [, { Properties }] of groups) {
      expect(Properties).not.toHaveProperty('SecurityGroupIngress');
    }
  });
});

describe('stages', () => {
  it('keep data in prod and nowhere else', () => {
    const prod = synthesize([flightDelay], { stage: stage('prod') });

    prod.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate' });
    prod.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  });

  it('fails on a name that cannot be part of resource names', () => {
    expect(() => stageOf('Pre Prod')).toThrow(
      "stage 'Pre Prod' must be at most 10 lower case letters and digits",
    );
  });
});

it('people are told by mail where an address is given', () => {
  const mailed = synthesize([flightDelay], {
    stage: { ...stage('dev'), alarmEmail: 'ops@example.com' },
  });

  mailed.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  });
  template.resourceCountIs('AWS::SNS::Subscription', 0);
});
