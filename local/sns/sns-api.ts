/** The API of Amazon SNS. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { flag, parseInput } from '../wire/input.ts';
import type { Input, Operations, Output } from '../wire/operations.ts';
import { MessageAttribute, type MessageAttributes, type Subscription } from './subscription.ts';

/** What the API can ask of the topics. */
export interface TopicDirectory {
  topicArns(): string[];
  subscriptions(): Subscription[];
  subscribe(properties: Readonly<Record<string, unknown>>): Subscription;
  unsubscribe(subscriptionArn: string): void;
  /** Returns the message's ID. */
  publish(
    topicArn: string,
    subject: string | undefined,
    message: string,
    attributes: MessageAttributes,
  ): Promise<string>;
}

const Publish = z.object({
  TopicArn: z.string().optional(),
  TargetArn: z.string().optional(),
  Subject: z.string().max(100).optional(),
  Message: z.string().min(1),
  MessageAttributes: z.record(z.string(), MessageAttribute).default({}),
});
const Subscribe = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  ReturnSubscriptionArn: flag.optional(),
});
const OfTopic = z.object({ TopicArn: z.string() });

/** https://docs.aws.amazon.com/sns/latest/api/API_Operations.html */
export function topicOperations(directory: TopicDirectory): Operations {
  const checked = (topicArn: string): string => {
    if (directory.topicArns().includes(topicArn)) return topicArn;
    throw new AwsError(
      'NotFound',
      `Topic does not exist: '${topicArn}'; there are: ${directory.topicArns().join(', ')}`,
      { status: 404 },
    );
  };
  return {
    async Publish(input) {
      const request = read(Publish, input);
      const topicArn = checked(request.TopicArn ?? request.TargetArn ?? '');
      const { Subject, Message, MessageAttributes } = request;
      return { MessageId: await directory.publish(topicArn, Subject, Message, MessageAttributes) };
    },
    ListTopics: async () => ({
      Topics: directory.topicArns().map((TopicArn) => ({ TopicArn })),
    }),
    async GetTopicAttributes(input) {
      const topicArn = checked(read(OfTopic, input).TopicArn);
      const own = directory.subscriptions().filter((one) => one.topicArn === topicArn);
      return {
        Attributes: new Map([
          ['TopicArn', topicArn],
          ['SubscriptionsConfirmed', String(own.length)],
        ]),
      };
    },
    ListSubscriptions: async () => ({ Subscriptions: directory.subscriptions().map(describe) }),
    async ListSubscriptionsByTopic(input) {
      const topicArn = checked(read(OfTopic, input).TopicArn);
      const own = directory.subscriptions().filter((one) => one.topicArn === topicArn);
      return { Subscriptions: own.map(describe) };
    },
    async Subscribe(input) {
      const { Attributes, ...rest } = read(Subscribe, input);
      checked(rest.TopicArn);
      return { SubscriptionArn: directory.subscribe({ ...Attributes, ...rest }).arn };
    },
    async Unsubscribe(input) {
      directory.unsubscribe(read(z.object({ SubscriptionArn: z.string() }), input).SubscriptionArn);
      return {};
    },
  };
}

function read<T>(schema: z.ZodType<T>, input: Input): T {
  return parseInput(schema, input, 'InvalidParameter');
}

function describe({ arn, topicArn, protocol, endpoint }: Subscription): Output {
  return {
    SubscriptionArn: arn,
    Owner: topicArn.split(':')[4],
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  };
}
