/** Records that could not be predicted, out to an SQS queue, one message each. */
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Problem } from '../model/problem.ts';

/** Messages sent at the same time. */
const PARALLEL = 10;

/** Longest text of a message that every queue takes, in bytes. */
const MAXIMUM_BYTES = 256 * 1024;

/** A record of the events stream that was set aside, with all that is needed to send it again. */
export interface RejectedRecord {
  /** One sentence for people. */
  readonly reason: string;
  readonly problems: readonly Problem[];
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** ISO 8601, UTC. */
  readonly arrivedAt: string;
  /** The record's bytes, base64. */
  readonly data: string;
}

export interface FailuresQueue {
  send(rejected: readonly RejectedRecord[]): Promise<void>;
}

let processClient: SQSClient | undefined;

export function sqsFailures(
  url: string,
  client: Pick<SQSClient, 'send'> = (processClient ??= new SQSClient({})),
): FailuresQueue {
  const send = (record: RejectedRecord) =>
    client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: messageOf(record) }));
  return {
    async send(rejected) {
      for (let from = 0; from < rejected.length; from += PARALLEL) {
        await Promise.all(rejected.slice(from, from + PARALLEL).map(send));
      }
    },
  };
}

/** A record may be larger than a message: then it travels without data, which the stream still has. */
function messageOf(record: RejectedRecord): string {
  const whole = JSON.stringify(record);
  if (Buffer.byteLength(whole) <= MAXIMUM_BYTES) return whole;
  const { data, problems, ...rest } = record;
  const bytes = Math.floor((data.length * 3) / 4);
  return JSON.stringify({ ...rest, problems: problems.slice(0, 100), dataLeftOut: { bytes } });
}
