/** Names for resources that the template leaves unnamed. */
import { createHash } from 'node:crypto';

/** The longest name each service takes, where it is under the usual 255. */
const LONGEST: Readonly<Record<string, number>> = {
  'AWS::S3::Bucket': 63,
  'AWS::Lambda::Function': 64,
  'AWS::IAM::Role': 64,
  'AWS::SQS::Queue': 80,
  'AWS::Kinesis::Stream': 128,
  'AWS::Batch::JobDefinition': 128,
  'AWS::Batch::JobQueue': 128,
  'AWS::Batch::ComputeEnvironment': 128,
};

/**
 * Returns the physical name of an unnamed resource: `<stack>-<logical id>`, cut to the service's
 * limit. CloudFormation adds a random suffix; here the name must be the same after every restart.
 */
export function defaultName(stackName: string, logicalId: string, type: string): string {
  const whole = `${stackName}-${logicalId}`;
  const longest = LONGEST[type] ?? 255;
  const fitting =
    whole.length <= longest
      ? whole
      : `${whole.slice(0, longest - 9)}-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
  return type === 'AWS::S3::Bucket' ? fitting.toLowerCase() : fitting;
}
