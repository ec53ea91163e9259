import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { ModelDefinition } from '../../core/model/index.ts';
import { flightDelay, renamed, resourcesOf, synthesize } from './synthesize.ts';

const online = flightDelay.serving.online!;
const stream = flightDelay.serving.stream!;
const churn = (serving: ModelDefinition['serving']): ModelDefinition =>
  renamed('churn', { serving });

describe('the URL', () => {
  it('asks for signed requests unless the declaration says public', () => {
    const template = synthesize([churn({ online, unknownFeatures: 'reject' })]);

    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', { Principal: '*' }, 0);
  });

  it('is open to anybody when the declaration says so', () => {
    const open = { ...online, access: 'public' as const };
    const template = synthesize([churn({ online: open, unknownFeatures: 'reject' })]);

    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE' });
  });

  it('sends the answer before the record is kept', () => {
    synthesize([churn({ online, unknownFeatures: 'reject' })]).hasResourceProperties(
      'AWS::Lambda::Url',
      { InvokeMode: 'RESPONSE_STREAM', Cors: Match.absent() },
    );
  });

  it('lets pages of declared origins call, and keeps as many calls free as declared', () => {
    const declared = { ...online, corsOrigins: ['https://example.com'], concurrency: 7 };
    const template = synthesize([churn({ online: declared, unknownFeatures: 'reject' })]);

    template.hasResourceProperties('AWS::Lambda::Url', {
      Cors: Match.objectLike({ AllowOrigins: ['https://example.com'] }),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'tidemill-dev-churn-predict',
      ReservedConcurrentExecutions: 7,
    });
  });

  it('asks for a token that AWS makes up and only the function can read', () => {
    const declared = { ...online, access: 'token' as const };
    const template = synthesize([churn({ online: declared, unknownFeatures: 'reject' })]);
    const secret = { Ref: Match.stringLikeRegexp('Token') };

    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      SecretString: Match.absent(),
      GenerateSecretString: { PasswordLength: 43, ExcludePunctuation: true },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ TOKEN_SECRET: secret }) },
    });
    const mayRead = Object.entries(resourcesOf(template)).filter(([, { Properties }]) =>
      JSON.stringify(Properties['Policies'] ?? '').includes('secretsmanager:GetSecretValue'),
    );
    expect(mayRead.map(([, { Properties }]) => Properties['Description'])).toEqual([
      'tidemill-dev-churn-predict, by AWS Lambda',
    ]);
  });
});

describe('the consumer', () => {
  it('gives back single events, halves a bad batch and sends what is given up to the queue', () => {
    synthesize([flightDelay]).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: stream.batchSize,
      MaximumBatchingWindowInSeconds: stream.windowSeconds,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      DestinationConfig: {
        OnFailure: {
          Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('Failures'), 'Arn'] },
        },
      },
    });
  });

  it('is not there without a stream in the declaration', () => {
    const template = synthesize([churn({ online, unknownFeatures: 'reject' })]);

    template.resourceCountIs('AWS::SQS::Queue', 0);
    template.resourcePropertiesCountIs(
      'AWS::Kinesis::Stream',
      { Name: 'tidemill-dev-churn-events' },
      0,
    );
    template.hasResourceProperties('AWS::Kinesis::Stream', {
      Name: 'tidemill-dev-churn-predictions',
    });
  });
});

it('a model that is only scored in batches has jobs and no stream', () => {
  const template = synthesize([
    churn({ batch: flightDelay.serving.batch!, unknownFeatures: 'reject' }),
  ]);

  template.resourceCountIs('AWS::Kinesis::Stream', 0);
  template.resourceCountIs('AWS::Lambda::Url', 0);
  template.resourceCountIs('AWS::Batch::JobDefinition', 3);
});

describe('jobs', () => {
  it('fetch the code that was deployed, and retry unless they say that it is no use', () => {
    synthesize([flightDelay]).hasResource('AWS::Batch::JobDefinition', {
      Properties: {
        JobDefinitionName: 'tidemill-dev-flight-delay-train',
        Parameters: { options: '{}' },
        RetryStrategy: {
          Attempts: 3,
          EvaluateOnExit: [{ Action: 'EXIT', OnExitCode: '2' }],
        },
        ContainerProperties: {
          Environment: Match.arrayWith([{ Name: 'CODE_SHA256', Value: 'digest of job' }]),
          ResourceRequirements: [
            { Type: 'MEMORY', Value: String(flightDelay.trainer.job.memoryMiB) },
            { Type: 'VCPU', Value: String(flightDelay.trainer.job.vcpus) },
          ],
        },
      },
      // By this the laptop finds the code.
      Metadata: { 'aws:asset:path': Match.stringLikeRegexp('^asset\\.') },
    });
  });

  it('leave the code in an image of your own', () => {
    const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/jobs:7';
    const template = synthesize([flightDelay], { jobImage: image });

    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: {
        Image: image,
        Environment: Match.not(Match.arrayWith([Match.objectLike({ Name: 'CODE_KEY' })])),
      },
    });
  });
});

it('functions get the size that is declared', () => {
  const large = { ...online, memoryMiB: 3008, timeoutSeconds: 20 };

  synthesize([churn({ online: large, unknownFeatures: 'reject' })]).hasResourceProperties(
    'AWS::Lambda::Function',
    { FunctionName: 'tidemill-dev-churn-predict', MemorySize: 3008, Timeout: 20 },
  );
});

it('every function of a model is told its model, bucket and table', () => {
  const template = synthesize([flightDelay]);

  const functions = Object.values(template.findResources('AWS::Lambda::Function')).filter(
    ({ Properties }) => Properties.FunctionName.startsWith('tidemill-dev-flight-delay-'),
  );
  expect(functions).toHaveLength(4);
  for (const { Properties } of functions) {
    expect(Properties.Environment.Variables).toMatchObject({
      MODEL: 'flight-delay',
      BUCKET: { Ref: expect.stringContaining('Bucket') as string },
      TABLE: { Ref: expect.stringContaining('Table') as string },
    });
  }
});
