/**
 * Lambda, Batch and EventBridge Scheduler.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { arn } from '../../resource.ts';
import type { Input } from '../../wire/operations.ts';
import { type NeedsTable, onEverything, onResource, type Surroundings, textOf } from './need.ts';

function functionArn(input: Input, { place }: Surroundings): string {
  const name = textOf(input, 'FunctionName');
  const qualifier = textOf(input, 'Qualifier');
  const whole = name.startsWith('arn:') ? name : arn(place, 'lambda', `function:${name}`);
  return qualifier === '' ? whole : `${whole}:${qualifier}`;
}

export const lambdaNeeds: NeedsTable = {
  Invoke: (input, around) => [
    { action: 'lambda:InvokeFunction', resources: [functionArn(input, around)] },
  ],
  ...onEverything('lambda', 'ListFunctions', 'ListEventSourceMappings'),
  ...onResource(
    'lambda',
    functionArn,
    'GetFunction',
    'GetFunctionConfiguration',
    'GetFunctionUrlConfig',
  ),
  ...onResource(
    'lambda',
    (input, { place }) => arn(place, 'lambda', `event-source-mapping:${textOf(input, 'UUID')}`),
    'GetEventSourceMapping',
  ),
};

function batchArn(kind: string, nameOrArn: string, { place }: Surroundings): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : arn(place, 'batch', `${kind}/${nameOrArn}`);
}

export const batchNeeds: NeedsTable = {
  SubmitJob: (input, around) => [
    {
      action: 'batch:SubmitJob',
      resources: [
        batchArn('job-definition', textOf(input, 'jobDefinition'), around),
        batchArn('job-queue', textOf(input, 'jobQueue'), around),
      ],
    },
  ],
  ...onResource(
    'batch',
    (input, around) => batchArn('job', textOf(input, 'jobId'), around),
    'CancelJob',
    'TerminateJob',
  ),
  ...onEverything(
    'batch',
    'DescribeComputeEnvironments',
    'DescribeJobDefinitions',
    'DescribeJobQueues',
    'DescribeJobs',
    'ListJobs',
  ),
  ...onResource(
    'batch',
    (input) => textOf(input, 'resourceArn'),
    'TagResource',
    'ListTagsForResource',
  ),
};

export const schedulerNeeds: NeedsTable = {
  ...onEverything('scheduler', 'ListSchedules', 'ListScheduleGroups'),
  GetSchedule: (input, { place }) => [
    {
      action: 'scheduler:GetSchedule',
      resources: [
        arn(
          place,
          'scheduler',
          `schedule/${textOf(input, 'groupName') || 'default'}/${textOf(input, 'name')}`,
        ),
      ],
    },
  ],
};
