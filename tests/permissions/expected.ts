/** Grants that no test uses and calls that one means to be refused, each with the reason. */

export interface Expected {
  /** Pattern of `<action> <resource> <condition>`. */
  readonly grant?: RegExp;
  /** Pattern of `<who> <action> <resource>` that a test means to be refused. */
  readonly refusal?: RegExp;
  /** Pattern of the holder's path. @default any */
  readonly holder?: RegExp;
  readonly reason: string;
}

export const EXPECTED: readonly Expected[] = [
  {
    refusal: /^anonymous lambda:InvokeFunctionUrl /,
    reason: 'the loop calls its endpoint without a signature, to see it refused',
  },
  {
    grant: /^s3:AbortMultipartUpload /,
    reason: 'asked for only where an upload in parts breaks off',
  },
  {
    grant: /^s3:GetObject .*cdk-\w+-assets-/,
    reason: "jobs fetch their code on AWS; a laptop's have it beside them",
  },
  {
    grant: /^kinesis:(DescribeStreamConsumer|ListStreams|SubscribeToShard) /,
    reason:
      "CDK's event source grants what Lambda may ask for when a mapping is made, or fanned out",
  },
  {
    grant: /^sqs:(GetQueueAttributes|GetQueueUrl) /,
    reason: "CDK's on-failure destination grants more than sending",
  },
  {
    grant: /^lambda:InvokeFunction .*:\*/,
    holder: /ScheduleRole/,
    reason: "CDK's target of a schedule grants the function's versions too",
  },
  {
    grant: /^batch:SubmitJob .*-score:\*/,
    holder: /ScoreJob/,
    reason:
      'scoring names its definition without a revision, and AWS may ask about the one it finds',
  },
  {
    grant: /^s3:PutObject .*\/unsent\//,
    reason: 'a laptop refuses no record that its stream could take, so none is ever unsent',
  },
  {
    grant: /^sqs:SendMessage .*-failures/,
    reason: 'Lambda gives a batch up after ten tries, some ten minutes, which no test waits for',
  },
  {
    grant: /^s3:ListBucket .*versions\//,
    holder: /MonitorJob/,
    reason: 'asked for only of a version that was trained elsewhere and has no profile',
  },
  {
    grant: /^batch:DescribeJobs /,
    holder: /Pipeline/,
    reason: 'asked for only where jobs were killed, which is tried in a region without roles',
  },
  {
    grant: /^lambda:InvokeFunction .*LostJob/,
    reason: 'called only where jobs were killed, which is tried in a region without roles',
  },
  {
    grant: /^ecr:/,
    reason: 'a laptop pulls no images',
  },
  {
    grant: /./,
    holder: /CodeDeploy|Deployment/,
    reason: 'code is given to callers little by little on AWS only',
  },
];
