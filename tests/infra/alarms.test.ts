import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { flightDelay, renamed, synthesize } from './synthesize.ts';

const PIPELINE = { 'Fn::GetAtt': [Match.stringLikeRegexp('PipelineFunction'), 'Arn'] };
const TOPIC = { Ref: Match.stringLikeRegexp('Topic') };

function expectAlarm(template: Template, name: string, properties: Record<string, unknown>): void {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: name, ...properties });
}

describe('limits come from the declaration', () => {
  const { monitors } = flightDelay;
  const template = synthesize([
    renamed('churn', {
      monitors: {
        ...monitors,
        drift: { ...monitors.drift, thresholds: { ...monitors.drift.thresholds, psi: 0.17 } },
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
    { what: 'missing', metric: 'MissingShare', limit: 0.11 },
    { what: 'out-of-range', metric: 'OutOfRangeShare', limit: 0.12 },
    { what: 'unseen', metric: 'UnseenShare', limit: 0.13 },
    { what: 'drift', metric: 'MaximumDrift', limit: 0.17 },
    { what: 'prediction-drift', metric: 'PredictionDrift', limit: 0.17 },
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

  it('performance below its limit where a higher metric is better', () => {
    expectAlarm(template, 'tidemill-dev-churn-performance', {
      Threshold: 0.61,
      Statistic: 'Minimum',
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  it('performance above its limit where a lower metric is better', () => {
    const worse = synthesize([
      renamed('churn', {
        monitors: {
          ...monitors,
          performance: { ...monitors.performance, metric: 'log-loss', limit: 0.5 },
        },
      }),
    ]);

    expectAlarm(worse, 'tidemill-dev-churn-performance', {
      Threshold: 0.5,
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });
});

describe('actions', () => {
  it('the alarm that is declared for it tells people and starts a training run', () => {
    const template = synthesize([flightDelay]);

    expectAlarm(template, 'tidemill-dev-flight-delay-performance', {
      AlarmActions: [TOPIC, PIPELINE],
      OKActions: [PIPELINE],
    });
    expectAlarm(template, 'tidemill-dev-flight-delay-drift', { AlarmActions: [TOPIC] });
  });

  it('drift starts one where the declaration says so, and alarms only tell people where it says nothing', () => {
    const { retraining, ...rest } = flightDelay;
    const onDrift = renamed('churn', { retraining: { ...retraining!, on: ['drift'] } });
    const template = synthesize([onDrift, { ...rest, name: 'parcels' }]);

    expectAlarm(template, 'tidemill-dev-churn-drift', { AlarmActions: [TOPIC, PIPELINE] });
    expectAlarm(template, 'tidemill-dev-churn-performance', { AlarmActions: [TOPIC] });
    expectAlarm(template, 'tidemill-dev-parcels-performance', { AlarmActions: [TOPIC] });
  });
});

it('every alarm has an action and a sentence for whom it wakes', () => {
  const alarms = Object.values(synthesize([flightDelay]).findResources('AWS::CloudWatch::Alarm'));

  expect(alarms.length).toBeGreaterThan(20);
  for (const { Properties } of alarms) {
    expect(Properties.AlarmActions).not.toHaveLength(0);
    expect(Properties.AlarmDescription).toMatch(/^[A-Z].{30,}\.$/);
  }
});

it('the alarm that sums up names every other alarm of its model', () => {
  const template = synthesize([flightDelay]);

  const ids = Object.entries(template.findResources('AWS::CloudWatch::Alarm'))
    .filter(([, { Properties }]) => Properties.AlarmName.startsWith('tidemill-dev-flight-delay-'))
    .map(([id]) => id);
  const rule = JSON.stringify(template.findResources('AWS::CloudWatch::CompositeAlarm'));
  expect(ids.filter((id) => !rule.includes(`"${id}"`))).toEqual([]);
});
