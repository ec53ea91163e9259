/** What Kinesis says when something is wrong, in AWS's words. */
import { AwsError } from '../wire/aws-error.ts';

export function noSuchStream(name: string, account: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Stream ${name} under account ${account} not found.`,
  );
}

export function noSuchShard(shardId: string, stream: string, account: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Shard ${shardId} in stream ${stream} under account ${account} does not exist`,
  );
}

/** As resharding and listing say it. */
export function couldNotFindShard(shardId: string, stream: string, account: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Could not find shard ${shardId} in stream ${stream} under account ${account}.`,
  );
}

export function invalidArgument(message: string): AwsError {
  return new AwsError('InvalidArgumentException', message);
}
