/** Where alarms and failed jobs are told to people. */
import { Stack } from 'aws-cdk-lib';
import { Alarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { output } from './output.ts';

export interface AlarmTopicProps {
  readonly stackName: string;

  /**
   * Address that gets a mail for each alarm, once it has confirmed.
   *
   * @default nobody is subscribed
   */
  readonly email?: string;
}

export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { stackName, email }: AlarmTopicProps) {
    super(scope, id);
    // Not encrypted with the key that AWS manages: CloudWatch may not use it, and alarms carry no data.
    this.topic = new Topic(this, 'Topic', { topicName: `${stackName}-alarms`, enforceSSL: true });
    // A topic with a policy of its own loses the default one, by which CloudWatch may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
    this.createDrill(stackName);
    output(this, 'AlarmTopicArn', this.topic.topicArn, 'Subscribe to be told about alarms');
  }

  /** An alarm to try the topic with, which nothing but `tidemill smoke` ever rings. */
  private createDrill(stackName: string): void {
    const alarm = new Alarm(this, 'Drill', {
      alarmName: `${stackName}-drill`,
      alarmDescription:
        'Nothing is wrong: somebody tries whether alarms reach people, with tidemill smoke.',
      metric: new Metric({ namespace: 'Tidemill', metricName: 'Drill' }),
      threshold: 1,
      evaluationPeriods: 1,
      // No number ever comes, so the state is what it was set to.
      treatMissingData: TreatMissingData.IGNORE,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    output(this, 'DrillAlarm', alarm.alarmName, 'Rings for tidemill smoke only');
  }
}
