/** Telling people something through SNS. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

/** SNS takes no longer subject. */
const LONGEST_SUBJECT = 100;

/** Returns a way to tell the subscribers of a topic; without a topic, nobody is told. */
export function noticesTo(
  topic: string | undefined,
  client?: SNSClient,
): (subject: string, message: string) => Promise<void> {
  return async (subject, message) => {
    if (topic === undefined) return;
    await (client ?? new SNSClient({})).send(
      new PublishCommand({
        TopicArn: topic,
        Subject: subject.slice(0, LONGEST_SUBJECT),
        Message: message,
      }),
    );
  };
}
