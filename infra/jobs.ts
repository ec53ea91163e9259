/** Batch job definitions of a model: train, score and monitor. */
import { Aws, Duration, Size } from 'aws-cdk-lib';
import {
  Action,
  EcsFargateContainerDefinition,
  EcsJobDefinition,
  Reason,
  RetryStrategy,
} from 'aws-cdk-lib/aws-batch';
import { LogDriver } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { JobSize } from '../core/model/definition.ts';
import { layout } from '../core/model/layout.ts';
import { factPartitions, grantReach, type Reach } from './access.ts';
import { acknowledge } from './acknowledge.ts';
import type { JobCode } from './job-code.ts';
import type { OfModel } from './model-function.ts';
import { OwnRole } from './own-role.ts';
import type { Platform } from './platform.ts';

export const JOB_KINDS = ['train', 'score', 'monitor'] as const;
export type JobKind = (typeof JOB_KINDS)[number];
export type ModelJobs = Readonly<Record<JobKind, ModelJob>>;

/** Exit code of a job that would fail again: wrong arguments, or data that a model cannot come of. */
const DO_NOT_RETRY = '2';

const TIMEOUTS: Readonly<Record<JobKind, Duration>> = {
  train: Duration.hours(6),
  score: Duration.hours(2),
  monitor: Duration.hours(1),
};

/** Returns what a kind of job reads and writes, all of it its own model's. */
function reachOf({ kind, model, rollsOut }: ModelJobProps): Reach {
  const { versions, aliases, runs, locks, batch, loop } = factPartitions(model);
  switch (kind) {
    case 'train':
      return {
        lists: [layout.datasets(model), layout.runs(model)],
        reads: [layout.versions(model)],
        writes: [layout.runs(model), layout.versions(model)],
        writesFacts: [versions, aliases, runs, locks, loop],
      };
    case 'score':
      return {
        lists: [layout.datasets(model), layout.predictions(model)],
        reads: [layout.versions(model)],
        writes: [layout.predictions(model)],
        // Every step looks whether its run holds training back; of these none does.
        readsFacts: [versions, aliases, locks],
        writesFacts: [runs, batch],
      };
    case 'monitor':
      return {
        lists: [
          layout.predictions(model),
          layout.labels(model),
          layout.reports(model),
          // A version that was trained elsewhere has no profile, which only who lists can tell.
          layout.versions(model),
        ],
        // How old the newest data is.
        names: [layout.datasets(model)],
        writes: [layout.reports(model)],
        // Only where it promotes: the traffic of a challenger stands beside the versions.
        ...(rollsOut
          ? { readsFacts: [locks], writesFacts: [versions, aliases, runs, loop] }
          : { readsFacts: [versions, aliases, locks], writesFacts: [runs, loop] }),
      };
    default:
      return kind satisfies never;
  }
}

function nameOf({ stackName }: Platform, model: string, kind: JobKind): string {
  return `${stackName}-${model}-${kind}`;
}

/** A role that ECS gives to a container, or takes on to start it. */
export function createJobRole(scope: Construct, id: string, description: string): OwnRole {
  const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
  return new OwnRole(scope, id, { assumedBy, description });
}

export interface ModelJobProps extends OfModel {
  readonly kind: JobKind;
  readonly size: JobSize;
  /** Whether monitoring takes versions from the gate to the champion's place. */
  readonly rollsOut: boolean;
  readonly code: JobCode;
  readonly logGroup: ILogGroup;
  /** Starts containers and writes their log, for all jobs of the model. */
  readonly executionRole: Role;
}

export class ModelJob extends Construct {
  readonly definition: EcsJobDefinition;

  constructor(scope: Construct, id: string, props: ModelJobProps) {
    super(scope, id);
    const { platform, model, kind, code, executionRole } = props;
    const name = nameOf(platform, model, kind);
    const jobRole = createJobRole(this, 'JobRole', `${name}, the job itself`);
    grantReach(jobRole, platform, reachOf(props));
    code.grantFetch(jobRole, executionRole);
    platform.noticeTopic.grantPublish(jobRole);
    if (kind === 'score') this.grantChildren(jobRole, name, platform);

    this.definition = new EcsJobDefinition(this, 'Definition', {
      jobDefinitionName: name,
      container: this.createContainer(props, jobRole),
      parameters: { options: '{}' },
      retryAttempts: 3,
      // What no rule names is tried again: spot capacity that was taken back, a lost connection.
      retryStrategies: [RetryStrategy.of(Action.EXIT, Reason.custom({ onExitCode: DO_NOT_RETRY }))],
      timeout: TIMEOUTS[kind],
    });
    code.describeAsset(this.definition);
  }

  /** How many children it takes is known only once the input was looked at. */
  private grantChildren(role: Role, name: string, { queue }: Platform): void {
    const definition = `job-definition/${name}`;
    const arn = `arn:${Aws.PARTITION}:batch:${Aws.REGION}:${Aws.ACCOUNT_ID}:${definition}`;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['batch:SubmitJob'],
        resources: [queue.jobQueueArn, arn, `${arn}:*`],
      }),
    );
    const flat = `arn:<AWS::Partition>:batch:<AWS::Region>:<AWS::AccountId>:${definition}:*`;
    acknowledge(
      role,
      `IAM5[Resource::${flat}]`,
      'The grant covers the revisions of its own definition',
    );
  }

  private createContainer(
    { platform, model, kind, size, code, logGroup, executionRole }: ModelJobProps,
    jobRole: Role,
  ): EcsFargateContainerDefinition {
    return new EcsFargateContainerDefinition(this, 'Container', {
      image: code.image,
      user: code.user,
      cpu: size.vcpus,
      memory: Size.mebibytes(size.memoryMiB),
      command: [
        ...code.command,
        'Ref::step',
        '--run',
        'Ref::run',
        '--as-of',
        'Ref::asOf',
        '--options',
        'Ref::options',
      ],
      environment: {
        MODEL: model,
        BUCKET: platform.bucket.bucketName,
        TABLE: platform.table.tableName,
        VCPUS: String(size.vcpus),
        ...(kind === 'score' && {
          JOB_QUEUE: platform.queue.jobQueueArn,
          // By name, since a definition cannot name its own ARN.
          SCORE_JOB: nameOf(platform, model, kind),
        }),
        NOTICE_TOPIC: platform.noticeTopic.topicArn,
        ...code.environment,
      },
      jobRole,
      executionRole,
      logging: LogDriver.awsLogs({ logGroup, streamPrefix: kind }),
      // The way out of a public subnet without a NAT gateway; nothing may come in.
      assignPublicIp: true,
    });
  }
}
