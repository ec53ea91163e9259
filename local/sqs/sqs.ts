/** Amazon SQS on this machine. */
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import {
  arn,
  type PhysicalResource,
  type Place,
  type Resource,
  type ResourceHost,
} from '../resource.ts';
import type { Metrics, Queues } from '../services.ts';
import type { Service } from '../wire/service.ts';
import type { Message } from './message.ts';
import { Queue, type QueueSettings } from './queue.ts';
import { createQueueReports } from './queue-reports.ts';
import { createSqsApi } from './sqs-api.ts';

export interface SqsOptions {
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** URL of the region's port; it is part of the URL of a queue, which is what `Ref` gives. */
  readonly endpoint: () => string;
}

export interface Sqs {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  readonly queues: Queues;
  /** Begins to report the length of queues, every minute while one of them holds a message. */
  start(): void;
  close(): void;
}

const Redrive = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1),
});

const QueueProperties = z.object({
  QueueName: z.string().optional(),
  FifoQueue: z.literal(false, 'FIFO queues are not hosted on a laptop').optional(),
  VisibilityTimeout: z.coerce.number().default(30),
  DelaySeconds: z.coerce.number().default(0),
  MessageRetentionPeriod: z.coerce.number().default(345_600),
  ReceiveMessageWaitTimeSeconds: z.coerce.number().default(0),
  MaximumMessageSize: z.coerce.number().default(1_048_576),
  RedrivePolicy: z
    .preprocess((policy) => (typeof policy === 'string' ? JSON.parse(policy) : policy), Redrive)
    .optional(),
});

export function createSqs(options: SqsOptions): Sqs {
  const { place, clock, metrics, endpoint } = options;
  const queues = new Map<string, Queue>();
  const reports = createQueueReports(() => [...queues.values()], clock, metrics);

  function queueOf(queueArn: string): Queue {
    const queue = queues.get(queueArn);
    if (queue) return queue;
    const known = [...queues.keys()].join(', ') || 'none';
    throw new Error(`there is no queue ${queueArn} on this machine (there are: ${known})`);
  }
  const giveUp = (target: string, message: Message): void => queueOf(target).adopt(message);
  const urlOf = ({ name }: Queue): string => `${endpoint()}/${place.account}/${name}`;

  async function createQueue(resource: Resource): Promise<PhysicalResource> {
    const properties = QueueProperties.parse(resource.properties);
    const name = properties.QueueName ?? resource.defaultName;
    const queueArn = arn(place, 'sqs', name);
    queues.get(queueArn)?.close();
    const file = join(options.stateFolder, 'sqs', `${name}.jsonl`);
    const queue = new Queue(
      { name, arn: queueArn, file },
      settingsOf(properties),
      clock,
      giveUp,
      reports.next,
    );
    queues.set(queueArn, queue);
    const url = urlOf(queue);
    return { ref: url, attributes: { Arn: queueArn, QueueName: name, QueueUrl: url } };
  }

  return {
    service: createSqsApi({ all: () => [...queues.values()], urlOf, createdAt: clock.now() }),
    hosts: [
      { types: ['AWS::SQS::Queue'], create: createQueue },
      {
        // Nobody is kept out of a queue on a laptop.
        types: ['AWS::SQS::QueuePolicy'],
        create: async ({ defaultName }) => ({ ref: defaultName, attributes: { Id: defaultName } }),
      },
    ],
    queues: {
      async send(queueArn, body) {
        queueOf(queueArn).send(body, {});
      },
    },
    start: reports.start,
    close() {
      reports.stop();
      for (const queue of queues.values()) queue.close();
    },
  };
}

function settingsOf(properties: z.output<typeof QueueProperties>): QueueSettings {
  const { RedrivePolicy: redrive } = properties;
  return {
    visibilityTimeoutSeconds: properties.VisibilityTimeout,
    delaySeconds: properties.DelaySeconds,
    retentionSeconds: properties.MessageRetentionPeriod,
    receiveWaitSeconds: properties.ReceiveMessageWaitTimeSeconds,
    largestMessageBytes: properties.MaximumMessageSize,
    redrive: redrive && {
      targetArn: redrive.deadLetterTargetArn,
      maxReceiveCount: redrive.maxReceiveCount,
    },
  };
}
