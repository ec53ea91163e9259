/**
 * What the region's services ask of each other. Each is implemented by the service of that name.
 * The actor is who asks: the role or the resource on whose behalf a service acts.
 */
import type { AccessKey } from './credentials.ts';
import type { Need } from './iam/needs/need.ts';
import type { Principal } from './iam/principal.ts';

/** One function call and what came of it. */
export interface Invocation {
  /** The function's answer: JSON text, or the error object when `functionError` is set. */
  readonly payload: string;
  /** Set when the function threw, timed out or died; absent on success. */
  readonly functionError?: 'Handled' | 'Unhandled';
  readonly requestId: string;
}

export interface Functions {
  /** Calls a function by name or ARN with a JSON payload and waits for its answer. */
  invoke(nameOrArn: string, payload: string): Promise<Invocation>;
}

/** How services call functions that nobody waits for. */
export interface AsyncFunctions {
  /**
   * Takes an event for a function by name or ARN. It is kept, delivered in the background, and
   * delivered again where the function fails or the region is killed.
   *
   * @throws if there is no such function, the event is too large for it, or the actor may not call it
   */
  accept(nameOrArn: string, payload: string, actor: Principal): void;
}

/** One CloudWatch number. */
export interface Measurement {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit?: string | undefined;
  readonly at: Date;
}

export interface Metrics {
  put(measurement: Measurement): void;
}

export interface Logs {
  /** Takes one line that a function or job printed; embedded metric format in it becomes metrics. */
  write(group: string, stream: string, line: string, at: Date, actor: Principal): void;
}

export interface Queues {
  /** Sends a message to an SQS queue by ARN. */
  send(queueArn: string, body: string, actor: Principal): Promise<void>;
}

export interface Topics {
  /** Publishes to an SNS topic by ARN; subscribers get it before the promise settles. */
  publish(topicArn: string, subject: string, message: string, actor: Principal): Promise<void>;
}

/** What EventBridge carries; `detail` is what rules match most. */
export interface BusEvent {
  /** For instance `aws.batch`. */
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** ARNs of what the event is about. */
  readonly resources: readonly string[];
  readonly at: Date;
}

/** Roles of the stack, for services that run code or call others with them. */
export interface Roles {
  /** Returns the access key of code that runs with a role; `session` is what people call it by. */
  issue(roleArn: string, session: string): AccessKey;
  /** @throws {Error} if the role's trust policy does not let a service, such as `lambda.amazonaws.com`, take it on */
  requireTrust(roleArn: string, service: string): void;
}

/** Who may call the URLs of functions. */
export interface UrlGate {
  /** Whether a call from this machine without a signature counts as its administrator's. */
  readonly admitsUnsigned: boolean;
  /** Finds who has an access key, and the key's secret. */
  signerOf(
    accessKeyId: string,
  ): { readonly principal: Principal; readonly secret: string } | undefined;
  /** @throws {AwsError} if somebody may not do what they are about to do */
  require(principal: Principal, service: string, need: Need): void;
}

export interface Events {
  /** Puts an event on the default bus; its targets are called later, in the background. */
  emit(event: BusEvent): void;
}
