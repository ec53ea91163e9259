/** The API of Amazon SQS. */
import * as z from 'zod';
import { AwsError, toAwsError } from '../wire/aws-error.ts';
import { number, parseInput } from '../wire/input.ts';
import type { Input, Output } from '../wire/operations.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import { md5OfAttributes, md5OfBody, type Message, MessageAttribute } from './message.ts';
import type { Queue } from './queue.ts';

/** The queues that the API speaks of, and where they are reached. */
export interface QueueDirectory {
  all(): Queue[];
  urlOf(queue: Queue): string;
  createdAt: Date;
}

const Url = z.object({ QueueUrl: z.string() });
const Outgoing = z.object({
  MessageBody: z.string().min(1),
  DelaySeconds: number.optional(),
  MessageAttributes: z.record(z.string(), MessageAttribute).default({}),
});
const Send = Outgoing.extend(Url.shape);
const entries = <T extends z.ZodType>(entry: T) =>
  z.object({ QueueUrl: z.string(), Entries: z.array(entry).min(1).max(10) });
const SendBatch = entries(Outgoing.extend({ Id: z.string() }));
const Receive = Url.extend({
  MaxNumberOfMessages: number.pipe(z.int().min(1).max(10)).default(1),
  VisibilityTimeout: number.pipe(z.int().min(0).max(43_200)).optional(),
  WaitTimeSeconds: number.pipe(z.int().min(0).max(20)).optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});
const Handle = z.object({ ReceiptHandle: z.string() });
const Visibility = Handle.extend({ VisibilityTimeout: number.pipe(z.int().min(0).max(43_200)) });
const GetAttributes = Url.extend({ AttributeNames: z.array(z.string()).default([]) });

/** Builds the service that clients sign for as 'sqs'. */
export function createSqsApi(directory: QueueDirectory): Service {
  const find = (url: string): Queue => existing(directory, url.split('/').pop() ?? '');
  return createRpcService({
    signingName: 'sqs',
    operations: {
      async ListQueues(input) {
        const { QueueNamePrefix = '' } = read(
          z.object({ QueueNamePrefix: z.string().optional() }),
          input,
        );
        const found = directory.all().filter(({ name }) => name.startsWith(QueueNamePrefix));
        return { QueueUrls: found.map((queue) => directory.urlOf(queue)) };
      },
      async GetQueueUrl(input) {
        const { QueueName } = read(z.object({ QueueName: z.string() }), input);
        return { QueueUrl: directory.urlOf(existing(directory, QueueName)) };
      },
      async GetQueueAttributes(input) {
        const { QueueUrl, AttributeNames } = read(GetAttributes, input);
        return { Attributes: select(attributesOf(find(QueueUrl), directory), AttributeNames) };
      },
      async SendMessage(input) {
        const message = read(Send, input);
        return send(find(message.QueueUrl), message);
      },
      async SendMessageBatch(input) {
        const { QueueUrl, Entries } = read(SendBatch, input);
        const queue = find(QueueUrl);
        return batch(Entries, (entry) => send(queue, entry));
      },
      ReceiveMessage: async (input) => receive(find, input),
      async DeleteMessage(input) {
        const { QueueUrl, ReceiptHandle } = read(Handle.extend(Url.shape), input);
        find(QueueUrl).delete(ReceiptHandle);
        return {};
      },
      async DeleteMessageBatch(input) {
        const { QueueUrl, Entries } = read(entries(Handle.extend({ Id: z.string() })), input);
        const queue = find(QueueUrl);
        return batch(Entries, ({ ReceiptHandle }) => {
          queue.delete(ReceiptHandle);
          return {};
        });
      },
      async ChangeMessageVisibility(input) {
        const request = read(Visibility.extend(Url.shape), input);
        return changeVisibility(find(request.QueueUrl), request);
      },
      async ChangeMessageVisibilityBatch(input) {
        const { QueueUrl, Entries } = read(entries(Visibility.extend({ Id: z.string() })), input);
        const queue = find(QueueUrl);
        return batch(Entries, (entry) => changeVisibility(queue, entry));
      },
      async PurgeQueue(input) {
        find(read(Url, input).QueueUrl).purge();
        return {};
      },
    },
  });
}

function read<T>(schema: z.ZodType<T>, input: Input): T {
  return parseInput(schema, input, 'InvalidParameterValue');
}

function existing(directory: QueueDirectory, name: string): Queue {
  const queue = directory.all().find((one) => one.name === name);
  if (queue) return queue;
  const known = directory.all().map((one) => one.name);
  throw new AwsError(
    'QueueDoesNotExist',
    `The specified queue does not exist: '${name}'; there are: ${known.join(', ')}`,
    { queryCode: 'AWS.SimpleQueueService.NonExistentQueue' },
  );
}

function send(queue: Queue, outgoing: z.output<typeof Outgoing>): Output {
  const { MessageBody: body, MessageAttributes: attributes } = outgoing;
  const bytes = Buffer.byteLength(body);
  if (bytes > queue.settings.largestMessageBytes) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ` +
        `${queue.settings.largestMessageBytes} bytes, but has ${bytes}.`,
    );
  }
  const { id } = queue.send(body, attributes, outgoing.DelaySeconds);
  return {
    MessageId: id,
    MD5OfMessageBody: md5OfBody(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
  };
}

function changeVisibility(queue: Queue, request: z.output<typeof Visibility>): Output {
  if (!queue.changeVisibility(request.ReceiptHandle, request.VisibilityTimeout)) {
    throw new AwsError(
      'ReceiptHandleIsInvalid',
      `The receipt handle '${request.ReceiptHandle}' belongs to no message that is in flight`,
    );
  }
  return {};
}

/** Does one thing for each entry; one that fails does not stop the others. */
function batch<T extends { readonly Id: string }>(
  list: readonly T[],
  act: (entry: T) => Output,
): Output {
  const Successful: Output[] = [];
  const Failed: Output[] = [];
  for (const entry of list) {
    try {
      Successful.push({ Id: entry.Id, ...act(entry) });
    } catch (cause) {
      const { code, message } = toAwsError(cause, 'sqs batch');
      Failed.push({ Id: entry.Id, Code: code, Message: message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

async function receive(find: (url: string) => Queue, input: Input): Promise<Output> {
  const request = read(Receive, input);
  const queue = find(request.QueueUrl);
  const messages = await queue.receive(
    request.MaxNumberOfMessages,
    request.VisibilityTimeout ?? queue.settings.visibilityTimeoutSeconds,
    request.WaitTimeSeconds ?? queue.settings.receiveWaitSeconds,
  );
  const wanted = [...request.AttributeNames, ...request.MessageSystemAttributeNames];
  return {
    Messages:
      messages.length === 0
        ? undefined
        : messages.map((message) => describe(message, wanted, request.MessageAttributeNames)),
  };
}

function describe(message: Message, system: readonly string[], own: readonly string[]): Output {
  const chosen = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) =>
      own.some(
        (glob) =>
          glob === 'All' ||
          glob === name ||
          (glob.endsWith('.*') && name.startsWith(glob.slice(0, -2))),
      ),
    ),
  );
  const hasOwn = Object.keys(chosen).length > 0;
  const systemValues = select(
    {
      SenderId: 'laptop',
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      ...(message.cameFrom !== undefined && { DeadLetterQueueSourceArn: message.cameFrom }),
    },
    system,
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    Attributes: systemValues.size > 0 ? systemValues : undefined,
    MessageAttributes: hasOwn ? chosen : undefined,
    MD5OfMessageAttributes: hasOwn ? md5OfAttributes(chosen) : undefined,
  };
}

function attributesOf(queue: Queue, directory: QueueDirectory): Record<string, string> {
  const { settings } = queue;
  const { visible, inFlight, delayed } = queue.counts();
  const since = String(Math.floor(directory.createdAt.getTime() / 1000));
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: since,
    LastModifiedTimestamp: since,
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    MaximumMessageSize: String(settings.largestMessageBytes),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    DelaySeconds: String(settings.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
    SqsManagedSseEnabled: 'true',
    ...(settings.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: settings.redrive.targetArn,
        maxReceiveCount: settings.redrive.maxReceiveCount,
      }),
    }),
  };
}

function select(
  values: Readonly<Record<string, string>>,
  names: readonly string[],
): Map<string, string> {
  const wanted = (name: string): boolean => names.includes('All') || names.includes(name);
  return new Map(Object.entries(values).filter(([name]) => wanted(name)));
}
