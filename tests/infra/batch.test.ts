import { describe, expect, it } from 'vitest';
import { flightDelay, renamed, synthesize } from './synthesize.ts';

const { serving } = flightDelay;
const watched = synthesize([
  renamed('churn', {
    serving: {
      ...serving,
      batch: { ...serving.batch!, maximumRowsChange: 0.3, readyBy: '06:30' },
    },
  }),
]);

describe('batch scoring', () => {
  it('is looked for at the declared hour', () => {
    watched.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'tidemill-dev-churn-ready-check',
      ScheduleExpression: 'cron(30 6 * * ? *)',
    });
    watched.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'tidemill-dev-churn-batch-late',
      MetricName: 'LateOutputs',
      Threshold: 1,
    });
  });

  it('rings when the rows are far from usual', () => {
    watched.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'tidemill-dev-churn-batch-rows',
      MetricName: 'RowsChange',
      Threshold: 0.3,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  it('is waited for by nobody where no hour is declared', () => {
    expect(JSON.stringify(synthesize().toJSON())).not.toContain('LateOutputs');
  });
});
