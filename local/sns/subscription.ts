/** Who gets what a topic says. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { compilePattern, type EventPattern } from '../events/pattern.ts';

const Policy = z.preprocess(
  (policy) => (typeof policy === 'string' ? JSON.parse(policy) : policy),
  z.record(z.string(), z.unknown()),
);
const Flag = z.preprocess(
  (flag) => (typeof flag === 'string' ? flag === 'true' : flag),
  z.boolean(),
);

/** The properties of AWS::SNS::Subscription; Subscribe's attributes have the same names. */
const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  RawMessageDelivery: Flag.default(false),
  FilterPolicy: Policy.optional(),
  FilterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).default('MessageAttributes'),
});

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** Whether a queue gets the message alone, without SNS's envelope. */
  readonly raw: boolean;
  readonly filter?: EventPattern | undefined;
  readonly filterScope: 'MessageAttributes' | 'MessageBody';
}

export const MessageAttribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
export type MessageAttributes = Readonly<Record<string, z.output<typeof MessageAttribute>>>;

export interface Notification {
  readonly id: string;
  readonly topicArn: string;
  readonly subject?: string | undefined;
  readonly message: string;
  readonly attributes: MessageAttributes;
  readonly at: Date;
}

/** The same subscriber of the same topic has the same ARN after every start. */
export function readSubscription(given: Readonly<Record<string, unknown>>): Subscription {
  const properties = SubscriptionProperties.parse(given);
  const { TopicArn: topicArn, Protocol: protocol, Endpoint: endpoint } = properties;
  const digest = createHash('sha256').update(`${topicArn} ${protocol} ${endpoint}`).digest('hex');
  return {
    arn: `${topicArn}:${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}`,
    topicArn,
    protocol,
    endpoint,
    raw: properties.RawMessageDelivery,
    filter: properties.FilterPolicy,
    filterScope: properties.FilterPolicyScope,
  };
}

/** Says whether a subscription's filter policy lets a notification through. */
export function passesFilter(subscription: Subscription, notification: Notification): boolean {
  const { filter, filterScope } = subscription;
  if (filter === undefined) return true;
  const matches = compilePattern(filter);
  if (filterScope === 'MessageAttributes') return matches(valuesOf(notification.attributes));
  try {
    return matches(JSON.parse(notification.message));
  } catch {
    // A message that is not JSON has no fields that a filter on its body could match.
    return false;
  }
}

function valuesOf(attributes: MessageAttributes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue = '' }]) => {
      if (DataType === 'Number') return [name, Number(StringValue)];
      if (DataType === 'String.Array') return [name, JSON.parse(StringValue)];
      return [name, StringValue];
    }),
  );
}
