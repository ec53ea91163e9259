import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { cadenceOf, within } from '../../infra/cadence.ts';
import { flightDelay, renamed, stage, synthesize } from './synthesize.ts';

const PIPELINE = { 'Fn::GetAtt': [Match.stringLikeRegexp('PipelineFunction'), 'Arn'] };
const TOPIC = { Ref: Match.stringLikeRegexp('Topic') };

function expectAlarm(template: Template, name: string, properties: Record<string, unknown>): void {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: name, ...properties });
}

describe('limits come from the declaration', () => {
  const { monitors } = flightDelay;
  const template = synthesize([
    renamed('churn', {
      schedules: { monitor: 'rate(1 hour)' },
      monitors: {
        ...monitors,
        sustained: { bad: 3, of: 4 },
        staleness: { maximumDataAgeHours: 30 },
        quality: {
          ...monitors.quality,
          maximumMissingShare: 0.11,
          maximumOutOfRangeShare: 0.12,
          maximumUnseenShare: 0.13,
        },
        performance: { ...monitors.performance, limit: 0.61 },
      },
    }),
  ]);

  it.each([
    { what: 'schema', metric: 'UnreadableShare', limit: 0.001 },
    { what: 'missing', metric: 'MissingShare', limit: 0.11 },
    { what: 'out-of-range', metric: 'OutOfRangeShare', limit: 0.12 },
    { what: 'unseen', metric: 'UnseenShare', limit: 0.13 },
    { what: 'duplicates', metric: 'DuplicateShare', limit: monitors.quality.maximumDuplicateShare },
    { what: 'data-age', metric: 'DataAge', limit: 30 },
  ])('$metric above $limit', ({ what, metric, limit }) => {
    expectAlarm(template, `tidemill-dev-churn-${what}`, {
      Namespace: 'Tidemill',
      MetricName: metric,
      Dimensions: [
        { Name: 'model', Value: 'churn' },
        { Name: 'service', Value: 'monitor' },
      ],
      Threshold: limit,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  it.each([
    { what: 'drift', metric: 'MaximumDrift', limit: 1 },
    { what: 'prediction-drift', metric: 'PredictionDrift', limit: 1 },
    { what: 'performance', metric: 'PerformanceShortfall', limit: 0 },
    { what: 'estimated-performance', metric: 'EstimatedShortfall', limit: 0 },
  ])('$metric above $limit in as many windows as are declared', ({ what, metric, limit }) => {
    expectAlarm(template, `tidemill-dev-churn-${what}`, {
      MetricName: metric,
      Threshold: limit,
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 4,
      DatapointsToAlarm: 3,
      TreatMissingData: 'ignore',
    });
  });

  it('has no alarm for an age without a limit', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('churn-champion-age');
  });
});

describe('cadenceOf', () => {
  it.each([
    { schedule: 'rate(15 minutes)', hours: 1 },
    { schedule: 'rate(6 hours)', hours: 6 },
    { schedule: 'rate(30 days)', hours: 168 },
    { schedule: 'cron(5 * * * ? *)', hours: 1 },
    { schedule: 'cron(0 3 * * ? *)', hours: 24 },
    { schedule: 'cron(0 4 ? * MON *)', hours: 168 },
    { schedule: undefined, hours: 1 },
  ] as const)('of $schedule is $hours hours', ({ schedule, hours }) => {
    expect(cadenceOf(schedule).toHours()).toBe(hours);
  });

  it('lets alarms look back a week at most', () => {
    expect(within({ bad: 2, of: 3 }, Duration.hours(24))).toEqual({ bad: 2, of: 3 });
    expect(within({ bad: 2, of: 3 }, Duration.hours(168))).toEqual({ bad: 1, of: 1 });
  });
});

describe('actions', () => {
  it('the alarm that is declared for it starts a training run', () => {
    const template = synthesize([flightDelay]);

    expectAlarm(template, 'tidemill-dev-flight-delay-performance', {
      AlarmActions: [PIPELINE],
      OKActions: [PIPELINE],
    });
    expectAlarm(template, 'tidemill-dev-flight-delay-drift', { AlarmActions: Match.absent() });
  });

  it('drift starts one where the declaration says so, and nothing does where it says nothing', () => {
    const { retraining, ...rest } = flightDelay;
    const onDrift = renamed('churn', { retraining: { ...retraining!, on: ['drift'] } });
    const template = synthesize([onDrift, { ...rest, name: 'parcels' }]);

    expectAlarm(template, 'tidemill-dev-churn-drift', { AlarmActions: [PIPELINE] });
    expectAlarm(template, 'tidemill-dev-churn-performance', { AlarmActions: Match.absent() });
    expectAlarm(template, 'tidemill-dev-parcels-performance', { AlarmActions: Match.absent() });
  });
});

describe('calling people', () => {
  const template = synthesize([flightDelay, renamed('churn')]);
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
  const rings = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm'));

  it('every alarm of a model belongs to exactly one that calls, and none calls by itself', () => {
    const ofModels = alarms.filter(
      ([
        ,
        {
          Properties: { AlarmName },
        },
      ]) => /^tidemill-dev-(flight-delay|churn)-/.test(AlarmName),
    );

    expect(ofModels.length).toBeGreaterThan(40);
    for (const [id, { Properties }] of ofModels) {
      const callers = rings.filter((ring) =>
        JSON.stringify(ring['Properties'].AlarmRule).includes(`"${id}"`),
      );
      expect([Properties.AlarmName, callers.length]).toEqual([Properties.AlarmName, 1]);
      expect(JSON.stringify(Properties.AlarmActions ?? [])).not.toContain('Notif');
    }
  });

  it('rings call through one function, and people get the event as it is if that fails', () => {
    const notifier = { 'Fn::GetAtt': [Match.stringLikeRegexp('NotifierFunction'), 'Arn'] };

    expect(new Set(rings.map(({ Properties }) => Properties.AlarmName))).toEqual(
      new Set(
        ['churn', 'flight-delay'].flatMap((model) =>
          ['jobs', 'quality', 'serving'].map((about) => `tidemill-dev-${model}-${about}`),
        ),
      ),
    );
    template.allResourcesProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmActions: [notifier],
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('NotifierFunction') },
      DestinationConfig: { OnFailure: { Destination: TOPIC } },
    });
  });

  it('every alarm has a sentence for whom it wakes', () => {
    for (const [, { Properties }] of alarms) {
      expect(Properties.AlarmDescription).toMatch(/^[A-Z].{30,}/);
    }
  });
});

describe('cost out of the ordinary', () => {
  it('is told where the stage says from how much on, through the topic that all alarms go to', () => {
    const template = synthesize([flightDelay], {
      stage: { ...stage('dev'), costAlarmDollars: 35 },
    });

    template.hasResourceProperties('AWS::CE::AnomalySubscription', {
      Subscribers: [{ Type: 'SNS', Address: TOPIC }],
      ThresholdExpression: Match.stringLikeRegexp('"35"'),
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: Match.arrayWith(['costalerts.amazonaws.com']) },
          }),
        ]),
      },
    });
  });

  it('is not watched where the stage says nothing', () => {
    synthesize([flightDelay]).resourceCountIs('AWS::CE::AnomalyMonitor', 0);
  });
});
