import { describe, expect, it } from 'vitest';
import { flightDelay, renamed, resourcesOf, stage, synthesize } from './synthesize.ts';

describe('a second model', () => {
  const alone = resourcesOf(synthesize([flightDelay]));
  const both = resourcesOf(synthesize([flightDelay, renamed('churn')]));

  it('changes nothing of the first', () => {
    // The bucket is shared, and gets rules of how long it keeps what.
    const own = Object.entries(alone).filter(([, { Type }]) => Type !== 'AWS::S3::Bucket');
    expect(both).toMatchObject(Object.fromEntries(own));
    expect(Object.keys(alone).length).toBeGreaterThan(80);
  });

  it('has everything that the first has, under its own name', () => {
    const own = (all: typeof both, prefix: string): string[] =>
      Object.entries(all)
        .filter(([id]) => id.startsWith(prefix))
        .map(([, { Type }]) => Type)
        .toSorted();

    expect(own(both, 'Churn')).toEqual(own(both, 'FlightDelay'));
    expect(JSON.stringify(both)).toContain('tidemill-dev-churn-predict');
  });
});

const sizeOf = (...models: (typeof flightDelay)[]): number =>
  Object.keys(resourcesOf(synthesize(models, { stage: stage('prod') }))).length;

it('five models fit into a stack of prod, though CloudFormation takes 500 resources only', () => {
  const one = sizeOf(flightDelay);
  const each = sizeOf(flightDelay, renamed('churn')) - one;

  expect(one + 4 * each).toBeLessThanOrEqual(500);
});

describe('schedules', () => {
  it('start the declared pipelines as of the time that was planned', () => {
    const template = synthesize([flightDelay]);

    template.resourceCountIs('AWS::Scheduler::Schedule', 3);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'tidemill-dev-flight-delay-train',
      ScheduleExpression: flightDelay.schedules.train,
      ScheduleExpressionTimezone: 'Etc/UTC',
      Target: {
        Input: '{"pipeline":"train","asOf":"<aws.scheduler.scheduled-time>","trigger":"schedule"}',
      },
    });
  });

  it('are as many as are declared', () => {
    const template = synthesize([renamed('churn', { schedules: {} })]);

    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
  });
});

describe('outputs', () => {
  it('have names that can be known beforehand', () => {
    const outputs = Object.keys(synthesize([flightDelay]).toJSON()['Outputs'] as object);

    expect(outputs).toEqual(
      expect.arrayContaining([
        'BucketName',
        'TableName',
        'AlarmTopicArn',
        'JobQueueArn',
        'FlightDelayUrl',
        'FlightDelayEventsStream',
        'FlightDelayPredictionsStream',
        'FlightDelayPipelineFunction',
        'FlightDelayPredictFunction',
        'FlightDelayFailuresQueueUrl',
        'FlightDelayTrainJobDefinition',
      ]),
    );
  });
});
