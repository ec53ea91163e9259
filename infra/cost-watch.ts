/** Tells people when the stack costs much more than it did. */
import { Stack } from 'aws-cdk-lib';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface CostWatchProps {
  readonly stackName: string;
  /** Dollars above what is usual from which people are told. */
  readonly dollars: number;
  readonly alarmTopic: Topic;
}

export class CostWatch extends Construct {
  constructor(scope: Construct, id: string, { stackName, dollars, alarmTopic }: CostWatchProps) {
    super(scope, id);
    // By the tag of the project, which Billing knows once it is activated there.
    const monitor = new CfnAnomalyMonitor(this, 'Monitor', {
      monitorName: stackName,
      monitorType: 'CUSTOM',
      monitorSpecification: JSON.stringify({ Tags: { Key: 'project', Values: ['tidemill'] } }),
    });
    new CfnAnomalySubscription(this, 'Subscription', {
      subscriptionName: stackName,
      frequency: 'IMMEDIATE',
      monitorArnList: [monitor.attrMonitorArn],
      subscribers: [{ type: 'SNS', address: alarmTopic.topicArn }],
      thresholdExpression: JSON.stringify({
        Dimensions: {
          Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          MatchOptions: ['GREATER_THAN_OR_EQUAL'],
          Values: [String(dollars)],
        },
      }),
    });
    alarmTopic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('costalerts.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [alarmTopic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
