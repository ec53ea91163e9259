/** Amazon SNS on this machine. */
import * as z from 'zod';
import {
  arn,
  type PhysicalResource,
  type Place,
  type Resource,
  type ResourceHost,
} from '../resource.ts';
import type { Topics } from '../services.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import { topicOperations } from './sns-api.ts';
import { readSubscription } from './subscription.ts';
import { TopicBook, type TopicPorts } from './topic-book.ts';

export interface SnsOptions extends TopicPorts {
  readonly place: Place;
}

export interface Sns {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  readonly topics: Topics;
  close(): void;
}

const TopicProperties = z.object({
  TopicName: z.string().optional(),
  FifoTopic: z.literal(false, 'FIFO topics are not hosted on a laptop').optional(),
  Subscription: z.array(z.object({ Protocol: z.string(), Endpoint: z.string() })).default([]),
});

/** What is published is also kept in `<state>/notifications.jsonl`, for people to read. */
export function createSns(options: SnsOptions): Sns {
  const { place } = options;
  const book = new TopicBook(options);

  async function createTopic(resource: Resource): Promise<PhysicalResource> {
    const properties = TopicProperties.parse(resource.properties);
    const name = properties.TopicName ?? resource.defaultName;
    const topicArn = arn(place, 'sns', name);
    book.addTopic(topicArn);
    for (const one of properties.Subscription) {
      book.addSubscription(readSubscription({ ...one, TopicArn: topicArn }));
    }
    return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  }

  async function createSubscription(resource: Resource): Promise<PhysicalResource> {
    const subscription = readSubscription(resource.properties);
    book.addSubscription(subscription);
    return { ref: subscription.arn, attributes: { Arn: subscription.arn } };
  }

  return {
    service: createRpcService({
      signingName: 'sns',
      xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
      operations: topicOperations(book),
    }),
    hosts: [
      { types: ['AWS::SNS::Topic'], create: createTopic },
      { types: ['AWS::SNS::Subscription'], create: createSubscription },
      {
        // Nobody is kept from publishing on a laptop.
        types: ['AWS::SNS::TopicPolicy'],
        create: async ({ defaultName }) => ({ ref: defaultName, attributes: { Id: defaultName } }),
      },
    ],
    topics: {
      async publish(topicArn, subject, message) {
        await book.publish(topicArn, subject, message, {});
      },
    },
    close: () => book.close(),
  };
}
