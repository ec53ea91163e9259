/** Policies that AWS keeps and roles name by ARN, as far as CDK's constructs attach them. */
import { PolicyError } from './policy-error.ts';
import { compilePolicy, type Statement } from './statement.ts';

const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** Actions of each policy, all of them on every resource. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': WRITE_LOGS,
  'service-role/AWSLambdaKinesisExecutionRole': [
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
    'kinesis:ListStreams',
    'kinesis:SubscribeToShard',
    ...WRITE_LOGS,
  ],
  'service-role/AmazonECSTaskExecutionRolePolicy': [
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
};

/**
 * Returns the statements of one of AWS's policies.
 *
 * @throws {PolicyError} for one whose content is not written down here
 */
export function managedPolicy(policyArn: string): Statement[] {
  const name = policyArn.split(':policy/')[1] ?? policyArn;
  const actions = ACTIONS[name];
  if (actions === undefined) {
    throw new PolicyError(
      `the content of AWS's policy '${name}' is unknown on a laptop; ` +
        'write it into local/iam/managed-policies.ts, or grant what is needed by name',
    );
  }
  const document = { Statement: { Effect: 'Allow', Action: actions, Resource: '*' } };
  return compilePolicy(document, { path: name, madeAt: [] });
}
