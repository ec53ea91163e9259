/**
 * Kinesis, SQS, SNS and EventBridge.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { readIterator } from '../../kinesis/iterator.ts';
import { arn } from '../../resource.ts';
import type { Input } from '../../wire/operations.ts';
import { type NeedsTable, onEverything, onResource, type Surroundings, textOf } from './need.ts';

function streamArn(input: Input, { place }: Surroundings): string {
  const given = textOf(input, 'StreamARN');
  if (given !== '') return given;
  const name =
    textOf(input, 'StreamName') || (readIterator(textOf(input, 'ShardIterator'))?.stream ?? '');
  return arn(place, 'kinesis', `stream/${name}`);
}

export const kinesisNeeds: NeedsTable = {
  ...onEverything('kinesis', 'ListStreams', 'DescribeLimits'),
  ...onResource(
    'kinesis',
    streamArn,
    'AddTagsToStream',
    'CreateStream',
    'DecreaseStreamRetentionPeriod',
    'DeleteStream',
    'DescribeStream',
    'DescribeStreamSummary',
    'GetRecords',
    'GetShardIterator',
    'IncreaseStreamRetentionPeriod',
    'ListShards',
    'ListTagsForStream',
    'MergeShards',
    'PutRecord',
    'PutRecords',
    'RemoveTagsFromStream',
    'SplitShard',
    'StartStreamEncryption',
    'StopStreamEncryption',
    'UpdateShardCount',
    'UpdateStreamMode',
  ),
};

function queueArn(input: Input, { place }: Surroundings): string {
  const name = textOf(input, 'QueueName') || (textOf(input, 'QueueUrl').split('/').pop() ?? '');
  return arn(place, 'sqs', name);
}

/** Batches need what their single operations do. */
function queueOperation(operation: string, action = operation): NeedsTable {
  return {
    [operation]: (input, around) => [
      { action: `sqs:${action}`, resources: [queueArn(input, around)] },
    ],
  };
}

export const sqsNeeds: NeedsTable = {
  ...onEverything('sqs', 'ListQueues'),
  ...queueOperation('GetQueueUrl'),
  ...queueOperation('GetQueueAttributes'),
  ...queueOperation('SendMessage'),
  ...queueOperation('SendMessageBatch', 'SendMessage'),
  ...queueOperation('ReceiveMessage'),
  ...queueOperation('DeleteMessage'),
  ...queueOperation('DeleteMessageBatch', 'DeleteMessage'),
  ...queueOperation('ChangeMessageVisibility'),
  ...queueOperation('ChangeMessageVisibilityBatch', 'ChangeMessageVisibility'),
  ...queueOperation('PurgeQueue'),
};

export const snsNeeds: NeedsTable = {
  ...onEverything('sns', 'ListTopics', 'ListSubscriptions'),
  ...onResource(
    'sns',
    (input) => textOf(input, 'TopicArn') || textOf(input, 'TargetArn'),
    'Publish',
    'GetTopicAttributes',
    'ListSubscriptionsByTopic',
    'Subscribe',
  ),
  ...onResource(
    'sns',
    (input) => textOf(input, 'SubscriptionArn').split(':').slice(0, 6).join(':'),
    'Unsubscribe',
  ),
};

const ruleArn =
  (member: string) =>
  (input: Input, { place }: Surroundings) =>
    arn(place, 'events', `rule/${textOf(input, member)}`);

export const eventsNeeds: NeedsTable = {
  ...onEverything('events', 'ListRules'),
  ...onResource('events', (_, { place }) => arn(place, 'events', 'event-bus/default'), 'PutEvents'),
  ...onResource('events', ruleArn('Name'), 'DescribeRule'),
  ...onResource('events', ruleArn('Rule'), 'ListTargetsByRule'),
};
