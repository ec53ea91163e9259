import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { type CloudWatch, createCloudWatch } from '../../../../local/cloudwatch/cloudwatch.ts';
import type { ResourceHost } from '../../../../local/resource.ts';
import { createSns, type Sns } from '../../../../local/sns/sns.ts';
import { createSqs, type Sqs } from '../../../../local/sqs/sqs.ts';
import { createPort, type Port } from '../../../../local/wire/port.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:people';

async function host(hosts: readonly ResourceHost[]): Promise<void> {
  const resources: Record<string, Record<string, unknown>> = {
    'AWS::SQS::Queue': { QueueName: 'work' },
    'AWS::SNS::Topic': { TopicName: 'people' },
    'AWS::CloudWatch::Alarm': {
      AlarmName: 'late',
      Metrics: [
        { Id: 'share', Expression: '100 * late / FILL(all, 1)', Label: 'late' },
        {
          Id: 'late',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'T', MetricName: 'Late' }, Period: 60, Stat: 'Sum' },
        },
        {
          Id: 'all',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'T', MetricName: 'All' }, Period: 60, Stat: 'Sum' },
        },
      ],
      EvaluationPeriods: 1,
      Threshold: 20,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [TOPIC],
    },
    'AWS::CloudWatch::CompositeAlarm': { AlarmName: 'anything', AlarmRule: 'ALARM("late")' },
    'AWS::CloudWatch::Dashboard': { DashboardName: 'all', DashboardBody: '{"widgets":[]}' },
  };
  for (const [type, properties] of Object.entries(resources)) {
    const found = hosts.find(({ types }) => types.includes(type));
    await found?.create({ logicalId: type, defaultName: type, type, properties });
  }
}

const stat = (Id: string, MetricName: string) => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: 'Numbers', MetricName }, Period: 60, Stat: 'Sum' },
});

describe('watching and messaging through SDK clients', () => {
  let folder: string;
  let port: Port;
  let services: { cloudWatch: CloudWatch; sns: Sns; sqs: Sqs };
  let cloudWatch: CloudWatchClient;
  let sns: SNSClient;
  let sqs: SQSClient;
  let queueUrl: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-watch-'));
    let endpoint = '';
    const base = { stateFolder: folder, place, clock: systemClock, endpoint: () => endpoint };
    const asyncFunctions = { accept: () => undefined };
    const queues = createSqs({ ...base, metrics: { put: () => undefined } });
    const topics = createSns({ ...base, asyncFunctions, queues: queues.queues });
    const watching = createCloudWatch({ ...base, asyncFunctions, topics: topics.topics });
    services = { cloudWatch: watching, sns: topics, sqs: queues };
    port = createPort({
      services: [watching.service, watching.logsService, topics.service, queues.service],
      port: 0,
    });
    endpoint = `http://127.0.0.1:${await port.listen()}`;
    await host([...queues.hosts, ...topics.hosts, ...watching.hosts]);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = { endpoint, region: 'us-east-1', credentials };
    cloudWatch = new CloudWatchClient(client);
    sns = new SNSClient(client);
    sqs = new SQSClient(client);
    queueUrl = (await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl ?? '';
  });
  afterAll(async () => {
    await port.close();
    for (const service of Object.values(services)) await service.close();
    rmSync(folder, { recursive: true });
  });

  async function receive(): Promise<string[]> {
    const request = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
    }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Messages.map(({ Body = '' }) => Body);
  }

  it('keeps numbers and gives them back in periods, as statistics and as math', async () => {
    const at = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 60_000);
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'Numbers',
        MetricData: [
          {
            MetricName: 'Ms',
            Timestamp: at,
            Values: [10, 20],
            Counts: [3, 1],
            Unit: 'Milliseconds',
          },
          { MetricName: 'Calls', Timestamp: at, Value: 4 },
        ],
      }),
    );
    const span = { StartTime: new Date(at.getTime() - 60_000), EndTime: new Date() };

    const { Datapoints } = await cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Numbers',
        MetricName: 'Ms',
        Period: 60,
        Statistics: ['Average', 'SampleCount'],
        ...span,
      }),
    );
    expect(Datapoints).toEqual([
      { Timestamp: at, Average: 12.5, SampleCount: 4, Unit: 'Milliseconds' },
    ]);

    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          { Id: 'each', Expression: 'ms / calls' },
          stat('ms', 'Ms'),
          stat('calls', 'Calls'),
        ],
        ...span,
      }),
    );
    expect(MetricDataResults).toMatchObject([{ Id: 'each', Timestamps: [at], Values: [12.5] }]);
  });

  it('takes a batch that the client compresses', async () => {
    const MetricData = Array.from({ length: 400 }, (_, index) => ({
      MetricName: `metric-with-a-long-name-${index}`,
      Value: index,
    }));
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Many', MetricData }));

    const { Metrics } = await cloudWatch.send(new ListMetricsCommand({ Namespace: 'Many' }));

    expect(Metrics).toHaveLength(400);
  });

  it('tells an alarm on metric math to the queue behind its topic', async () => {
    await sns.send(
      new SubscribeCommand({
        TopicArn: TOPIC,
        Protocol: 'sqs',
        Endpoint: 'arn:aws:sqs:us-east-1:000000000000:work',
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    const at = new Date(Date.now() - 60_000);
    const MetricData = [
      { MetricName: 'Late', Timestamp: at, Value: 5 },
      { MetricName: 'All', Timestamp: at, Value: 20 },
    ];
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'T', MetricData }));
    services.cloudWatch.evaluateAlarms();

    const [message = '{}'] = await receive();

    expect(JSON.parse(message)).toMatchObject({ AlarmName: 'late', NewStateValue: 'ALARM' });
    const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toMatchObject([
      {
        AlarmName: 'late',
        StateValue: 'ALARM',
        StateReason: expect.stringContaining('[25.0 ('),
        Metrics: [{ Expression: '100 * late / FILL(all, 1)' }, { Id: 'late' }, { Id: 'all' }],
      },
    ]);
  });

  it('sets a state by hand, with its actions and its history', async () => {
    const set = (StateValue: 'OK' | 'ALARM') =>
      cloudWatch.send(
        new SetAlarmStateCommand({ AlarmName: 'late', StateValue, StateReason: 'a drill' }),
      );
    await set('OK');
    await set('ALARM');

    expect((await receive()).map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { NewStateReason: 'a drill', OldStateValue: 'OK' },
    ]);
    const { AlarmHistoryItems } = await cloudWatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'late', HistoryItemType: 'StateUpdate' }),
    );
    expect(AlarmHistoryItems?.[0]?.HistorySummary).toBe('Alarm updated from OK to ALARM');
    // An alarm on others follows at once, and not with its next turn.
    const { CompositeAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ['anything'], AlarmTypes: ['CompositeAlarm'] }),
    );
    expect(CompositeAlarms?.[0]?.StateValue).toBe('ALARM');
  });

  it('checks out against the digests that the SQS client verifies', async () => {
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'räksmörgås' } };
    await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'en ört', MessageAttributes }),
    );
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: [{ Id: 'a', MessageBody: 'två', MessageAttributes }],
      }),
    );

    expect(await receive()).toEqual(['en ört', 'två']);
  });

  it.each([
    {
      what: 'an alarm that there is not',
      name: 'ResourceNotFound',
      ask: () =>
        cloudWatch.send(
          new SetAlarmStateCommand({ AlarmName: 'x', StateValue: 'OK', StateReason: 'x' }),
        ),
    },
    {
      what: 'a dashboard that there is not',
      name: /ResourceNotFound|DashboardNotFoundError/,
      ask: () => cloudWatch.send(new GetDashboardCommand({ DashboardName: 'x' })),
    },
    {
      what: 'a queue that there is not',
      name: 'QueueDoesNotExist',
      ask: () => sqs.send(new GetQueueUrlCommand({ QueueName: 'x' })),
    },
    {
      what: 'a topic that there is not',
      name: /NotFound/,
      ask: () => sns.send(new PublishCommand({ TopicArn: `${TOPIC}x`, Message: 'x' })),
    },
  ])('fails clearly for $what', async ({ name, ask }) => {
    const failure: unknown = await ask().catch((cause: unknown) => cause);

    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).name).toMatch(name);
    expect((failure as Error).message).toMatch(/there (is no|are)/);
  });
});
