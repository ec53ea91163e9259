/** How SNS wraps what it delivers. */
import type { MessageAttributes, Notification, Subscription } from './subscription.ts';

/** The JSON that a queue gets when the subscription is not raw. */
export function queueEnvelope(notification: Notification): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: notification.id,
    TopicArn: notification.topicArn,
    Subject: notification.subject,
    Message: notification.message,
    Timestamp: notification.at.toISOString(),
    SignatureVersion: '1',
    Signature: 'laptop',
    SigningCertURL: '',
    UnsubscribeURL: '',
    ...present(notification.attributes),
  });
}

/** The JSON of the event that a function is called with. */
export function functionEvent(subscription: Subscription, notification: Notification): string {
  return JSON.stringify({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: {
          Type: 'Notification',
          MessageId: notification.id,
          TopicArn: notification.topicArn,
          Subject: notification.subject ?? null,
          Message: notification.message,
          Timestamp: notification.at.toISOString(),
          SignatureVersion: '1',
          Signature: 'laptop',
          SigningCertUrl: '',
          UnsubscribeUrl: '',
          MessageAttributes: typed(notification.attributes),
        },
      },
    ],
  });
}

function present(attributes: MessageAttributes): Record<string, unknown> {
  return Object.keys(attributes).length === 0 ? {} : { MessageAttributes: typed(attributes) };
}

function typed(attributes: MessageAttributes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { Type: DataType, Value: StringValue ?? BinaryValue },
    ]),
  );
}
