import { describe, expect, it } from 'vitest';
import { ASSUMPTIONS } from '../../../../core/cost/assumptions.ts';
import { type Billed, billOf } from '../../../../core/cost/bill.ts';
import { sageMakerFor } from '../../../../core/cost/sagemaker.ts';
import { standingOf } from '../../../../core/cost/standing.ts';
import { hourly } from '../../../../core/model/schedule.ts';
import { model } from '../../../../models/flight-delay/model.ts';

const NOTHING = {
  shards: 0,
  alarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  metrics: 0,
  secrets: 0,
};

const billed = (change: Partial<Billed>): Billed => ({
  definition: { ...model, schedules: {} },
  standing: NOTHING,
  load: { online: 0, stream: 0, batch: 0 },
  assumptions: ASSUMPTIONS,
  ...change,
});

const alarmOn = (MetricName: string) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { Namespace: 'Tidemill', MetricName, Dimensions: [{ Name: 'model', Value: 'a' }] },
});

const sumOf = (lines: ReturnType<typeof billOf>): number =>
  lines.reduce((sum, { monthly }) => sum + monthly, 0);

describe('billOf', () => {
  it('is nothing for a stack that has nothing and does nothing', () => {
    expect(billOf(billed({}))).toEqual([]);
  });

  it('counts what stands, whether anybody calls or not', () => {
    const standing = {
      shards: 2,
      alarmMetrics: 40,
      compositeAlarms: 1,
      dashboards: 1,
      metrics: 10,
      secrets: 1,
    };

    const bill = billOf(billed({ standing }));

    // By hand: shards 2 x 730 x 0.015 = 21.90; alarms 4 + 0.5; metrics 3; dashboard 3; secret 0.4.
    expect(sumOf(bill)).toBeCloseTo(32.8, 6);
    expect(bill.every(({ idle }) => idle)).toBe(true);
  });

  it('counts requests by their time and memory', () => {
    const load = { online: 10, stream: 0, batch: 0 };

    const bill = billOf(billed({ load }));

    // By hand: 26.28 M calls of 15 ms at 1 GB: 26.28e6 x (0.015 x 0.0000166667 + 0.2e-6) = 11.826.
    const lambda = bill.find(({ what }) => what.endsWith('requests'));
    expect(lambda?.monthly).toBeCloseTo(11.826, 3);
    expect(bill.some(({ idle }) => idle)).toBe(false);
  });

  it('grows with the number of events, but less than they do: batches become fuller', () => {
    const [once = 0, twice = 0] = [100, 200].map((stream) =>
      sumOf(billOf(billed({ load: { online: 0, stream, batch: 0 } }))),
    );

    expect(twice).toBeGreaterThan(once);
    expect(twice).toBeLessThan(2 * once);
  });

  it('counts scheduled jobs as idle, since they run without any load', () => {
    const bill = billOf(billed({ definition: { ...model, schedules: { monitor: hourly() } } }));

    expect(bill.map(({ what }) => what)).toContain('730 monitoring jobs');
    expect(bill.every(({ idle }) => idle)).toBe(true);
  });

  it('counts the rows of batches by the vCPUs that score them', () => {
    const bill = billOf(billed({ load: { online: 0, stream: 0, batch: 1e6 } }));

    // By hand: 30.42 M rows take 304 s of 1 vCPU with 2 GB: 304.2 / 3600 x (0.04937 x 0.3 + 0.005).
    const jobs = bill.filter(({ service }) => service === 'Fargate');
    expect(sumOf(jobs)).toBeCloseTo(0.001674, 5);
  });
});

describe('sageMakerFor', () => {
  it('has an instance standing without a request, and serverless none', () => {
    const [realTime, serverless] = sageMakerFor({ online: 0 }, ASSUMPTIONS);

    // 730 hours at 0.115.
    expect(realTime).toMatchObject({ idle: 83.95, monthly: 83.95 });
    expect(serverless).toMatchObject({ idle: 0, monthly: 0 });
  });
});

describe('standingOf', () => {
  it('reads shards, alarms and the metrics that they watch or dashboards show off a template', () => {
    const template = {
      Resources: {
        A: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 3 } },
        B: { Type: 'AWS::Kinesis::Stream' },
        C: alarmOn('Performance'),
        D: alarmOn('Performance'),
        E: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            Metrics: [
              { Expression: 'drifted / 2' },
              { MetricStat: { Metric: alarmOn('MaximumDrift').Properties } },
              { MetricStat: { Metric: alarmOn('Performance').Properties } },
            ],
          },
        },
        F: { Type: 'AWS::CloudWatch::CompositeAlarm' },
        G: {
          Type: 'AWS::CloudWatch::Dashboard',
          Properties: {
            DashboardBody: {
              'Fn::Join': [
                '',
                [
                  '{"region":"',
                  { Ref: 'AWS::Region' },
                  '","metrics":[["Tidemill","Performance","model","a"],["AWS/Lambda","Errors"],',
                  '["Tidemill","Performance","model","a","service","score",{"label":"x"}]]}',
                ],
              ],
            },
          },
        },
      },
    };

    expect(standingOf(template)).toEqual({
      ...NOTHING,
      shards: 4,
      alarmMetrics: 4,
      compositeAlarms: 1,
      dashboards: 1,
      // Performance of the model as a whole and of scoring, and drift.
      metrics: 3,
    });
  });
});
