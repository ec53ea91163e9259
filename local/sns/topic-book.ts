/** The topics, who subscribes to them, and the delivery of what is published. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { AsyncFunctions, Queues } from '../services.ts';
import { openStore, type Store } from '../store.ts';
import { functionEvent, queueEnvelope } from './envelope.ts';
import type { TopicDirectory } from './sns-api.ts';
import {
  type MessageAttributes,
  type Notification,
  passesFilter,
  readSubscription,
  type Subscription,
} from './subscription.ts';

export interface TopicPorts {
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly asyncFunctions: AsyncFunctions;
  readonly queues: Queues;
  /** Hears of everything published; a laptop sends no mail, so this is how a person gets it. */
  readonly onNotification?: (topicArn: string, subject: string, message: string) => void;
}

export class TopicBook implements TopicDirectory {
  readonly #ports: TopicPorts;
  readonly #topicArns = new Set<string>();
  readonly #templated = new Map<string, Subscription>();
  /** Subscriptions that clients made; those of the template are made anew at every start. */
  readonly #asked: Store<Subscription>;

  constructor(ports: TopicPorts) {
    this.#ports = ports;
    this.#asked = openStore(join(ports.stateFolder, 'sns', 'subscriptions.jsonl'));
  }

  addTopic(topicArn: string): void {
    this.#topicArns.add(topicArn);
  }

  addSubscription(subscription: Subscription): void {
    this.#templated.set(subscription.arn, subscription);
  }

  topicArns(): string[] {
    return [...this.#topicArns];
  }

  subscriptions(): Subscription[] {
    return [...this.#templated.values(), ...this.#asked.values()];
  }

  subscribe(properties: Readonly<Record<string, unknown>>): Subscription {
    const subscription = readSubscription(properties);
    this.#asked.set(subscription.arn, subscription);
    return subscription;
  }

  unsubscribe(subscriptionArn: string): void {
    this.#asked.delete(subscriptionArn);
  }

  async publish(
    topicArn: string,
    subject: string | undefined,
    message: string,
    attributes: MessageAttributes,
  ): Promise<string> {
    if (!this.#topicArns.has(topicArn)) {
      const known = this.topicArns().join(', ') || 'none';
      throw new Error(`there is no topic ${topicArn} on this machine (there are: ${known})`);
    }
    const { stateFolder, clock, onNotification } = this.#ports;
    const id = randomUUID();
    const notification = { id, topicArn, subject, message, attributes, at: clock.now() };
    keep(stateFolder, notification);
    onNotification?.(topicArn, subject ?? '', message);
    const subscribers = this.subscriptions().filter(
      (one) => one.topicArn === topicArn && passesFilter(one, notification),
    );
    await Promise.all(subscribers.map((one) => deliver(one, notification, this.#ports)));
    return id;
  }

  close(): void {
    this.#asked.close();
  }
}

/** One subscriber that cannot be reached does not keep the message from the others. */
async function deliver(
  subscription: Subscription,
  notification: Notification,
  { asyncFunctions, queues }: TopicPorts,
): Promise<void> {
  const { protocol, endpoint, raw } = subscription;
  const sourceArn = notification.topicArn;
  const actor = { kind: 'service', name: 'sns.amazonaws.com', sourceArn } as const;
  try {
    if (protocol === 'lambda') {
      asyncFunctions.accept(endpoint, functionEvent(subscription, notification), actor);
    } else if (protocol === 'sqs') {
      const body = raw ? notification.message : queueEnvelope(notification);
      await queues.send(endpoint, body, actor);
    }
  } catch (cause) {
    console.error(`topic ${notification.topicArn} could not reach ${endpoint}:`, cause);
  }
}

function keep(stateFolder: string, { at, topicArn, subject, message }: Notification): void {
  mkdirSync(stateFolder, { recursive: true });
  const line = JSON.stringify({ at: at.toISOString(), topicArn, subject, message });
  appendFileSync(join(stateFolder, 'notifications.jsonl'), `${line}\n`);
}
