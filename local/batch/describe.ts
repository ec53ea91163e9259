/** Jobs and definitions in the words of the Batch API. */
import { arn, type Place } from '../resource.ts';
import type { JobDefinition } from './definition.ts';
import { isArrayParent, type Job } from './job.ts';
import { type JobTable, summarize } from './job-table.ts';

/** The `JobSummary` of ListJobs. */
export function summarizeJob(place: Place, table: JobTable, job: Job): Record<string, unknown> {
  const { spec, state } = job;
  const last = state.attempts.at(-1);
  return {
    jobArn: arn(place, 'batch', `job/${state.jobId}`),
    jobId: state.jobId,
    jobName: spec.jobName,
    createdAt: state.createdAt,
    status: state.status,
    statusReason: state.statusReason,
    startedAt: state.startedAt,
    stoppedAt: state.stoppedAt,
    jobDefinition: spec.definitionArn,
    container: last && { exitCode: last.exitCode, reason: last.reason },
    arrayProperties: arrayProperties(table, job),
  };
}

/** The `JobDetail` of DescribeJobs, which is also the detail of the job's events. */
export function describeJob(place: Place, table: JobTable, job: Job): Record<string, unknown> {
  const { spec, state } = job;
  return {
    ...summarizeJob(place, table, job),
    jobQueue: spec.queueArn,
    attempts: state.attempts.map((attempt) => ({
      startedAt: attempt.startedAt,
      stoppedAt: attempt.stoppedAt,
      statusReason: attempt.statusReason,
      container: {
        exitCode: attempt.exitCode,
        reason: attempt.reason,
        logStreamName: attempt.logStreamName,
      },
    })),
    retryStrategy: spec.retry,
    dependsOn: spec.dependsOn,
    parameters: spec.parameters,
    container: describeContainer(job),
    timeout: spec.timeoutSeconds && { attemptDurationSeconds: spec.timeoutSeconds },
    tags: spec.tags,
    platformCapabilities: ['EC2'],
    isCancelled: state.cancelled ?? false,
    isTerminated: state.terminated ?? false,
  };
}

function describeContainer({ spec, state }: Job): Record<string, unknown> {
  const last = state.attempts.at(-1);
  return {
    image: spec.image,
    command: spec.command,
    jobRoleArn: spec.jobRoleArn,
    executionRoleArn: spec.executionRoleArn,
    environment: pairsOf(spec.environment),
    resourceRequirements: spec.requirements,
    exitCode: last?.exitCode,
    reason: last?.reason,
    logStreamName: state.logStreamName,
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': spec.logs.group,
        'awslogs-stream-prefix': spec.logs.streamPrefix,
      },
    },
    volumes: [],
    mountPoints: [],
    ulimits: [],
    secrets: [],
    networkInterfaces: [],
  };
}

function arrayProperties(table: JobTable, job: Job): Record<string, unknown> | undefined {
  if (job.index !== undefined) return { index: job.index, size: job.spec.arraySize };
  if (!isArrayParent(job)) return undefined;
  return { size: job.spec.arraySize, statusSummary: summarize(table.childrenOf(job)) };
}

/** The `JobDefinition` of DescribeJobDefinitions. */
export function describeDefinition(definition: JobDefinition): Record<string, unknown> {
  const { properties } = definition;
  const container = properties.ContainerProperties;
  return {
    jobDefinitionName: definition.name,
    jobDefinitionArn: definition.arn,
    revision: definition.revision,
    status: 'ACTIVE',
    type: properties.Type,
    parameters: properties.Parameters,
    retryStrategy: {
      attempts: properties.RetryStrategy.Attempts,
      evaluateOnExit: properties.RetryStrategy.EvaluateOnExit,
    },
    timeout: properties.Timeout && {
      attemptDurationSeconds: properties.Timeout.AttemptDurationSeconds,
    },
    containerProperties: {
      image: container.Image,
      command: container.Command,
      jobRoleArn: container.JobRoleArn,
      executionRoleArn: container.ExecutionRoleArn,
      environment: container.Environment,
      resourceRequirements: container.ResourceRequirements,
      volumes: [],
      mountPoints: [],
      ulimits: [],
      secrets: [],
    },
    platformCapabilities: properties.PlatformCapabilities,
    tags: properties.Tags,
    containerOrchestrationType: 'ECS',
  };
}

function pairsOf(
  environment: Readonly<Record<string, string>>,
): { readonly name: string; readonly value: string }[] {
  return Object.entries(environment).map(([name, value]) => ({ name, value }));
}
