/** One standard queue: at least once, in no promised order, until deleted or too old. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { openStore, type Store } from '../store.ts';
import type { Message, MessageAttributes } from './message.ts';

/** What the template says of a queue. */
export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly receiveWaitSeconds: number;
  readonly largestMessageBytes: number;
  /** After so many receives without a delete, a message goes to the dead-letter queue. */
  readonly redrive?: { readonly targetArn: string; readonly maxReceiveCount: number } | undefined;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Seconds since the oldest message was sent, 0 for an empty queue. */
  readonly oldestAgeSeconds: number;
}

/** Takes what a queue's receivers gave up on. */
export type DeadLetterTarget = (targetArn: string, message: Message) => void;

/** How often a long poll looks for messages that became visible. */
const POLL_MS = 50;

export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly settings: QueueSettings;
  readonly #messages: Store<Message>;
  readonly #clock: Clock;
  readonly #giveUp: DeadLetterTarget;
  readonly #onMessage: () => void;
  /** Message IDs by the handle of their newest receive. */
  readonly #receipts = new Map<string, string>();
  #closed = false;

  constructor(
    identity: { readonly name: string; readonly arn: string; readonly file: string },
    settings: QueueSettings,
    clock: Clock,
    giveUp: DeadLetterTarget,
    onMessage: () => void = () => undefined,
  ) {
    this.name = identity.name;
    this.arn = identity.arn;
    this.settings = settings;
    this.#messages = openStore(identity.file);
    this.#clock = clock;
    this.#giveUp = giveUp;
    this.#onMessage = onMessage;
    for (const { id, receipt } of this.#messages.values())
      if (receipt) this.#receipts.set(receipt, id);
  }

  send(body: string, attributes: MessageAttributes, delaySeconds?: number): Message {
    const now = this.#now();
    const delay = delaySeconds ?? this.settings.delaySeconds;
    const visibleAt = now + delay * 1000;
    const message = { id: randomUUID(), body, attributes, sentAt: now, visibleAt, receiveCount: 0 };
    this.#messages.set(message.id, message);
    this.#onMessage();
    return message;
  }

  /** Takes a message that another queue gave up on; it keeps its ID and its age. */
  adopt(message: Message): void {
    const { receipt: _, ...kept } = message;
    this.#messages.set(message.id, { ...kept, visibleAt: this.#now(), receiveCount: 0 });
    this.#onMessage();
  }

  /** Gives up to `max` visible messages and hides them; waits up to `waitSeconds` for the first. */
  async receive(max: number, visibilitySeconds: number, waitSeconds: number): Promise<Message[]> {
    // Whoever waits does so in the machine's time, whatever the region's.
    const deadline = performance.now() + waitSeconds * 1000;
    for (;;) {
      const found = this.#take(max, visibilitySeconds);
      if (found.length > 0 || performance.now() >= deadline || this.#closed) return found;
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
  }

  /** Deletes what a receive gave; a message that is gone already is no error. */
  delete(receipt: string): void {
    const id = this.#receipts.get(receipt);
    if (id === undefined) return;
    this.#receipts.delete(receipt);
    // An older handle still deletes, as on a standard queue.
    this.#messages.delete(id);
  }

  /** Returns false for a handle that is no longer good. */
  changeVisibility(receipt: string, seconds: number): boolean {
    const message = this.#messages.get(this.#receipts.get(receipt) ?? '');
    if (message === undefined) return false;
    this.#messages.set(message.id, { ...message, visibleAt: this.#now() + seconds * 1000 });
    return true;
  }

  purge(): void {
    for (const id of this.#messages.keys()) this.#messages.delete(id);
    this.#receipts.clear();
  }

  get holdsMessages(): boolean {
    return this.#messages.keys().length > 0;
  }

  counts(): QueueCounts {
    const now = this.#now();
    const all = this.#messages.values();
    const hidden = all.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ receiveCount }) => receiveCount > 0).length;
    const oldest = all.reduce((least, { sentAt }) => Math.min(least, sentAt), now);
    return {
      visible: all.length - hidden.length,
      inFlight,
      delayed: hidden.length - inFlight,
      oldestAgeSeconds: Math.floor((now - oldest) / 1000),
    };
  }

  close(): void {
    this.#closed = true;
    this.#messages.close();
  }

  #take(max: number, visibilitySeconds: number): Message[] {
    if (this.#closed) return [];
    const now = this.#now();
    const taken: Message[] = [];
    for (const message of this.#messages.values()) {
      if (taken.length >= max) break;
      if (message.sentAt + this.settings.retentionSeconds * 1000 <= now) this.#drop(message);
      else if (message.visibleAt <= now && !this.#gaveUp(message)) {
        taken.push(this.#hide(message, now, visibilitySeconds));
      }
    }
    return taken;
  }

  #gaveUp(message: Message): boolean {
    const { redrive } = this.settings;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    this.#giveUp(redrive.targetArn, { ...message, cameFrom: this.arn });
    this.#drop(message);
    return true;
  }

  #hide(message: Message, now: number, visibilitySeconds: number): Message {
    const receipt = randomUUID();
    const hidden = {
      ...message,
      receipt,
      visibleAt: now + visibilitySeconds * 1000,
      receiveCount: message.receiveCount + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
    };
    this.#receipts.set(receipt, message.id);
    this.#messages.set(message.id, hidden);
    return hidden;
  }

  #drop({ id, receipt }: Message): void {
    if (receipt !== undefined) this.#receipts.delete(receipt);
    this.#messages.delete(id);
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
