/**
 * CloudWatch and its logs, CloudFormation, Secrets Manager and STS.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { arn } from '../../resource.ts';
import { secretArn } from '../../secrets/secret-arn.ts';
import type { Input } from '../../wire/operations.ts';
import { type NeedsTable, onEverything, onResource, type Surroundings, textOf } from './need.ts';

export const monitoringNeeds: NeedsTable = {
  ...onEverything(
    'cloudwatch',
    'DescribeAlarmHistory',
    'DescribeAlarms',
    'DescribeAlarmsForMetric',
    'GetMetricData',
    'GetMetricStatistics',
    'ListDashboards',
    'ListMetrics',
  ),
  PutMetricData: (input) => [
    {
      action: 'cloudwatch:PutMetricData',
      resources: ['*'],
      context: { 'cloudwatch:namespace': [textOf(input, 'Namespace')] },
    },
  ],
  ...onResource(
    'cloudwatch',
    (input, { place }) => arn(place, 'cloudwatch', `alarm:${textOf(input, 'AlarmName')}`),
    'SetAlarmState',
  ),
  EnableAlarmActions: onAlarms('EnableAlarmActions'),
  DisableAlarmActions: onAlarms('DisableAlarmActions'),
  // Dashboards have no region.
  ...onResource(
    'cloudwatch',
    (input, { place }) =>
      `arn:aws:cloudwatch::${place.account}:dashboard/${textOf(input, 'DashboardName')}`,
    'GetDashboard',
  ),
};

function onAlarms(operation: string): NeedsTable[string] {
  return ({ AlarmNames: names }, { place }) => [
    {
      action: `cloudwatch:${operation}`,
      resources: [names].flat().map((name) => arn(place, 'cloudwatch', `alarm:${String(name)}`)),
    },
  ];
}

function logGroupArn(input: Input, { place }: Surroundings): string {
  const given = textOf(input, 'logGroupIdentifier');
  const name = textOf(input, 'logGroupName') || given;
  const whole = given.startsWith('arn:') ? given : arn(place, 'logs', `log-group:${name}`);
  return `${whole}:*`;
}

export const logsNeeds: NeedsTable = {
  ...onEverything('logs', 'DescribeLogGroups'),
  ...onResource('logs', logGroupArn, 'DescribeLogStreams', 'FilterLogEvents'),
  ...onResource(
    'logs',
    (input, around) =>
      logGroupArn(input, around).replace(/:\*$/, `:log-stream:${textOf(input, 'logStreamName')}`),
    'CreateLogStream',
    'GetLogEvents',
    'PutLogEvents',
  ),
};

export const cloudformationNeeds: NeedsTable = {
  ...onEverything('cloudformation', 'ListStacks'),
  ...onResource(
    'cloudformation',
    (input, { place }) => {
      const name = textOf(input, 'StackName');
      return name.startsWith('arn:') ? name : arn(place, 'cloudformation', `stack/${name}/*`);
    },
    'DescribeStackResources',
    'DescribeStacks',
    'ListStackResources',
  ),
};

export const secretsmanagerNeeds: NeedsTable = {
  ...onEverything('secretsmanager', 'ListSecrets'),
  ...onResource(
    'secretsmanager',
    (input, { place }) => {
      const id = textOf(input, 'SecretId');
      return id.startsWith('arn:') ? id : secretArn(place, id);
    },
    'DescribeSecret',
    'GetSecretValue',
    'PutSecretValue',
  ),
};

/** Nobody is kept from asking who they are. */
export const stsNeeds: NeedsTable = { GetCallerIdentity: () => [] };
