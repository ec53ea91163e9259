/** Starts a model's jobs: on schedule, for an alarm or an upload, or because somebody asked. */
import { Duration, TimeZone } from 'aws-cdk-lib';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { daily, type ModelDefinition } from '../core/model/index.ts';
import { layout } from '../core/model/layout.ts';
import { factPartitions } from './access.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { CalledByAlarms } from './called-by-alarms.ts';
import { JOB_KINDS, type ModelJobs } from './jobs.ts';
import { pascalCase } from './names.ts';
import { ModelFunction, type OfModel } from './model-function.ts';
import { OwnRole } from './own-role.ts';

export interface PipelineProps extends OfModel {
  readonly code: Bundle;
  readonly jobs: ModelJobs;
  readonly schedules: ModelDefinition['schedules'];
  readonly triggers: ModelDefinition['triggers'];

  /**
   * Time of day at which the day before must have been scored.
   *
   * @default nobody looks
   */
  readonly readyBy?: string | undefined;
}

export class Pipeline extends Construct {
  readonly pipeline: ModelFunction;
  /** Tells it that an alarm of its model rings, or no longer does. */
  readonly alarmAction: IAlarmAction;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    const { platform, model, jobs } = props;
    const { aliases, runs, locks, batch, loop } = factPartitions(model);
    const definitions = JOB_KINDS.map(
      (kind) => [`${kind.toUpperCase()}_JOB`, jobs[kind].definition.jobDefinitionArn] as const,
    );
    this.pipeline = new ModelFunction(this, 'Pipeline', {
      platform,
      model,
      purpose: 'pipeline',
      description: `Starts the training, scoring and monitoring jobs of ${model}`,
      code: props.code,
      memoryMiB: 512,
      timeout: Duration.minutes(1),
      environment: { JOB_QUEUE: platform.queue.jobQueueArn, ...Object.fromEntries(definitions) },
      reach: { readsFacts: [aliases], writesFacts: [runs, locks, batch, loop] },
    });
    this.alarmAction = new CalledByAlarms(
      this.pipeline.function,
      `${platform.stackName}-${model}-`,
    );
    for (const kind of JOB_KINDS) {
      jobs[kind].definition.grantSubmitJob(this.pipeline.role, platform.queue);
    }
    this.allowDescribing();
    this.schedule(props);
    this.followUploads(props);
    this.followLostJobs(props);
  }

  /** A job that is killed cannot tell its run that it failed; Batch can. */
  private followLostJobs({ platform, model, jobs }: PipelineProps): void {
    new Rule(this, 'LostJob', {
      description: `Tells runs of ${model} which of their jobs failed`,
      eventPattern: {
        source: ['aws.batch'],
        detailType: ['Batch Job State Change'],
        detail: {
          status: ['FAILED'],
          jobQueue: [platform.queue.jobQueueArn],
          jobDefinition: JOB_KINDS.map((kind) => jobs[kind].definition.jobDefinitionArn),
        },
      },
      targets: [new LambdaFunction(this.pipeline.function, { retryAttempts: 10 })],
    });
  }

  /** The bucket is told to send its events only where a model wants them: each costs a little. */
  private followUploads({ platform, model, triggers }: PipelineProps): void {
    if (triggers.upload === undefined) return;
    const { suffix } = triggers.upload;
    const folder = layout.datasets(model);
    const bucket = platform.bucket.node.defaultChild;
    if (!(bucket instanceof CfnBucket))
      throw new Error(`${platform.bucket.node.path} is no bucket`);
    bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    new Rule(this, 'Upload', {
      description: `Trains ${model} when data was uploaded`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [platform.bucket.bucketName] },
          object: { key: [{ wildcard: `${folder}*${suffix}` }] },
        },
      },
      targets: [new LambdaFunction(this.pipeline.function, { retryAttempts: 10 })],
    });
  }

  /** To go on with a run whose job was killed, Batch is asked which of its jobs failed. */
  private allowDescribing(): void {
    this.pipeline.role.addToPolicy(
      new PolicyStatement({ actions: ['batch:DescribeJobs'], resources: ['*'] }),
    );
    acknowledge(
      this.pipeline.role,
      'IAM5[Resource::*]',
      'Batch knows no resources for DescribeJobs, which only reads',
    );
  }

  private schedule({ platform, model, schedules, readyBy }: PipelineProps): void {
    const declared: Timed[] = JOB_KINDS.flatMap((kind) => {
      const expression = schedules[kind];
      const does = `Starts ${kind} of ${model}`;
      const event = { pipeline: kind, asOf: ContextAttribute.scheduledTime, trigger: 'schedule' };
      return expression === undefined ? [] : [{ purpose: kind, does, expression, event }];
    });
    if (readyBy !== undefined) {
      declared.push({
        purpose: 'ready-check',
        does: `Looks whether the day before was scored of ${model}`,
        expression: daily({ at: readyBy }),
        event: { check: 'scored', asOf: ContextAttribute.scheduledTime },
      });
    }
    if (declared.length === 0) return;
    const role = new OwnRole(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      description: `${platform.stackName}-${model}, to start its pipelines on schedule`,
    });
    acknowledgeWildcard(
      role,
      this.pipeline.function,
      ':*',
      'The grant covers the versions of the one function',
    );
    for (const { purpose, does, expression, event } of declared) {
      new Schedule(this, `${pascalCase(purpose)}Schedule`, {
        scheduleName: `${platform.stackName}-${model}-${purpose}`,
        description: does,
        schedule: ScheduleExpression.expression(expression, TimeZone.ETC_UTC),
        target: new LambdaInvoke(this.pipeline.function, {
          role,
          input: ScheduleTargetInput.fromObject(event),
          retryAttempts: 10,
          maxEventAge: Duration.hours(1),
        }),
      });
    }
  }
}

/** What the function is told, and when. */
interface Timed {
  readonly purpose: string;
  readonly does: string;
  readonly expression: string;
  readonly event: Readonly<Record<string, string>>;
}
