import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { type CloudWatch, createCloudWatch } from '../../../../local/cloudwatch/cloudwatch.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:people';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:retrain';

const actor = { kind: 'administrator' } as const;

describe('cloudwatch', () => {
  let folder: string;
  let now: Date;
  let published: { subject: string; message: string }[];
  let invoked: string[];
  let cloudWatch: CloudWatch;

  async function open(): Promise<void> {
    cloudWatch = createCloudWatch({
      stateFolder: folder,
      place,
      clock: { ...systemClock, now: () => now, at: () => () => undefined },
      topics: { publish: async (_, subject, message) => void published.push({ subject, message }) },
      asyncFunctions: { accept: (_, payload) => void invoked.push(payload) },
    });
    await create('AWS::CloudWatch::Alarm', {
      AlarmName: 'errors',
      AlarmDescription: 'calls fail',
      Namespace: 'Tidemill',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'Model', Value: 'churn' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [TOPIC, FUNCTION],
    });
    await create('AWS::CloudWatch::CompositeAlarm', {
      AlarmName: 'anything',
      AlarmRule: 'ALARM("errors")',
      AlarmActions: [TOPIC],
    });
  }

  async function create(type: string, properties: Record<string, unknown>) {
    const host = cloudWatch.hosts.find(({ types }) => types.includes(type));
    return host?.create({ logicalId: 'X', defaultName: 'unnamed', type, properties });
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-cloudwatch-'));
    now = new Date('2026-11-24T20:05:10Z');
    published = [];
    invoked = [];
    await open();
  });
  afterEach(async () => {
    await cloudWatch.close();
    rmSync(folder, { recursive: true });
  });

  function printErrors(errors: number): void {
    const line = JSON.stringify({
      _aws: {
        Timestamp: now.getTime() - 60_000,
        CloudWatchMetrics: [
          { Namespace: 'Tidemill', Dimensions: [['Model']], Metrics: [{ Name: 'Errors' }] },
        ],
      },
      Model: 'churn',
      Errors: errors,
    });
    cloudWatch.logs.write('/aws/lambda/predict', '2026/11/24/[$LATEST]a', line, now, actor);
  }

  it('turns printed metrics into alarms that are told once to topics and functions', async () => {
    cloudWatch.evaluateAlarms();
    printErrors(3);
    cloudWatch.evaluateAlarms();
    cloudWatch.evaluateAlarms();
    await Promise.resolve();

    expect(published.map(({ subject }) => subject)).toEqual([
      'ALARM: "errors" in us-east-1',
      'ALARM: "anything" in us-east-1',
    ]);
    expect(JSON.parse(published[0]?.message ?? '')).toMatchObject({
      AlarmName: 'errors',
      NewStateValue: 'ALARM',
      OldStateValue: 'OK',
      StateChangeTime: '2026-11-24T20:05:10.000+0000',
      Trigger: {
        MetricName: 'Errors',
        Statistic: 'SUM',
        Dimensions: [{ name: 'Model', value: 'churn' }],
      },
    });
    expect(invoked).toHaveLength(1);
    expect(JSON.parse(invoked[0] ?? '')).toMatchObject({
      source: 'aws.cloudwatch',
      alarmData: {
        alarmName: 'errors',
        state: { value: 'ALARM' },
        previousState: { value: 'OK' },
        configuration: { description: 'calls fail' },
      },
    });
  });

  it('remembers metrics and states after a restart, and tells nobody twice', async () => {
    printErrors(3);
    cloudWatch.evaluateAlarms();
    const told = published.length;
    await cloudWatch.close();

    await open();
    cloudWatch.evaluateAlarms();

    expect(published).toHaveLength(told);
    expect(cloudWatch.dashboardPage()).toContain('2 in alarm');
  });

  it('keeps logs in files that a person can read', () => {
    cloudWatch.logs.write('/aws/batch/job', 'train/default/1', 'epoch 1', now, actor);

    const file = join(folder, 'logs', '+aws+batch+job', 'train+default+1.log');
    expect(readFileSync(file, 'utf8')).toBe('2026-11-24T20:05:10.000Z epoch 1\n');
  });

  it('shows alarms and charts on one page, with names made harmless', async () => {
    await create('AWS::CloudWatch::Dashboard', {
      DashboardBody: JSON.stringify({
        widgets: [
          {
            type: 'metric',
            properties: {
              title: '<b>Errors</b>',
              metrics: [['Tidemill', 'Errors', 'Model', 'churn']],
            },
          },
        ],
      }),
    });
    printErrors(1);
    cloudWatch.evaluateAlarms();

    const page = cloudWatch.dashboardPage();

    expect(page).toContain('all quiet');
    expect(page).toContain('&lt;b>Errors');
    expect(page).toContain('<circle');
  });

  it('fails for an alarm that watches nothing', async () => {
    const created = create('AWS::CloudWatch::Alarm', {
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });

    await expect(created).rejects.toThrow("alarm 'unnamed' watches nothing");
  });
});
