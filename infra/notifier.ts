/** Calls people about alarms, for all models: one message that can be read half asleep. */
import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SnsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { CalledByAlarms } from './called-by-alarms.ts';
import { OwnRole } from './own-role.ts';
import type { Stage } from './stage.ts';

export interface NotifierProps {
  readonly stackName: string;
  readonly stage: Stage;
  readonly code: Bundle;
  readonly bucket: Bucket;
  readonly alarmTopic: Topic;
}

export class Notifier extends Construct {
  readonly alarmAction: IAlarmAction;

  constructor(scope: Construct, id: string, props: NotifierProps) {
    super(scope, id);
    const { stackName, stage, code, bucket, alarmTopic } = props;
    const functionName = `${stackName}-notify`;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: stage.removal,
    });
    const role = this.createRole(props);
    logGroup.grantWrite(role);
    const notify = new Function(this, 'Function', {
      functionName,
      description: 'Calls people when an alarm rings',
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(code.folder, { assetHash: code.digest }),
      memorySize: 256,
      timeout: Duration.seconds(30),
      role,
      logGroup,
      loggingFormat: LoggingFormat.TEXT,
      // If it fails to write the message, people get the event as it is: worse to read, but there.
      onFailure: new SnsDestination(alarmTopic),
      environment: {
        STACK: stackName,
        BUCKET: bucket.bucketName,
        ALARM_TOPIC: alarmTopic.topicArn,
      },
    });
    acknowledge(notify, 'L1', 'As for the functions of a model: all move together');
    this.alarmAction = new CalledByAlarms(notify, `${stackName}-`);
  }

  private createRole({ stackName, bucket, alarmTopic }: NotifierProps): Role {
    const role = new OwnRole(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${stackName}-notify, by AWS Lambda`,
    });
    alarmTopic.grantPublish(role);
    role.addToPolicy(
      new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': ['reports/*'] } },
      }),
    );
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'It asks for the states of several alarms in one call, which only reads',
    );
    return role;
  }
}
