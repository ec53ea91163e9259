/** What all models share: storage, a place to run jobs, a topic for alarms. */
import type { JobQueue } from 'aws-cdk-lib/aws-batch';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AlarmTopic } from './alarm-topic.ts';
import { NoticeTopic } from './notice-topic.ts';
import { Notifier } from './notifier.ts';
import type { Bundle } from './bundle.ts';
import { Compute } from './compute.ts';
import { CostWatch } from './cost-watch.ts';
import type { Stage } from './stage.ts';
import { Storage } from './storage.ts';
import { TableAlarms } from './table-alarms.ts';

export interface PlatformProps {
  readonly stackName: string;
  readonly stage: Stage;
  /** Code of the function that calls people. */
  readonly notify: Bundle;
}

export class Platform extends Construct {
  /** Prefix of every name that people type. */
  readonly stackName: string;
  readonly stage: Stage;
  readonly bucket: Bucket;
  readonly table: Table;
  readonly alarmTopic: Topic;
  readonly noticeTopic: Topic;
  readonly queue: JobQueue;
  /** Calls people, given an alarm that rings. */
  readonly notifier: IAlarmAction;

  constructor(scope: Construct, id: string, { stackName, stage, notify }: PlatformProps) {
    super(scope, id);
    this.stackName = stackName;
    this.stage = stage;
    const storage = new Storage(this, 'Storage', { stackName, stage });
    this.bucket = storage.bucket;
    this.table = storage.table;
    this.alarmTopic = new AlarmTopic(this, 'Alarms', { stackName, email: stage.alarmEmail }).topic;
    this.noticeTopic = new NoticeTopic(this, 'Notices', { stackName }).topic;
    this.notifier = new Notifier(this, 'Notifier', {
      stackName,
      stage,
      code: notify,
      bucket: this.bucket,
      alarmTopic: this.alarmTopic,
    }).alarmAction;
    this.queue = new Compute(this, 'Compute', { stackName }).queue;
    new TableAlarms(this, 'TableAlarms', this);
    const { costAlarmDollars: dollars } = stage;
    if (dollars !== undefined) {
      new CostWatch(this, 'CostWatch', { stackName, dollars, alarmTopic: this.alarmTopic });
    }
  }
}
