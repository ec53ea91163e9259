/** Events that were accepted and are delivered in the background, with retries, across restarts. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, holding } from '../clock.ts';
import type { Queues, Topics } from '../services.ts';
import { openStore } from '../store.ts';
import { type AcceptedEvent, afterAttempt, type AsyncConfiguration } from './async-event.ts';
import { destinationRecord } from './async-record.ts';
import { sendToDestination } from './destination.ts';
import { FunctionNotFoundError, PayloadTooLargeError, ThrottledError } from './errors.ts';
import { actorOf } from './function-configuration.ts';
import type { CallResult, FunctionCatalogue } from './functions.ts';
import type { LambdaMetrics } from './lambda-metrics.ts';

/** Since October 2025; it was 256 KB before. */
const EVENT_LIMIT_BYTES = 2 ** 20;

export interface AsyncInvocations {
  configure(functionName: string, configuration: AsyncConfiguration): void;
  /**
   * Keeps an event, starts to deliver it and returns its request id.
   *
   * @throws {PayloadTooLargeError} if the event is larger than 1 MB
   */
  accept(functionName: string, payload: string): string;
  /** Goes on with the events that an earlier start left. */
  resume(): void;
  close(): void;
}

export interface AsyncInvocationsOptions {
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly functions: FunctionCatalogue;
  readonly metrics: LambdaMetrics;
  readonly queues: Queues;
  readonly topics: Topics;
}

/** Opens the events that are on their way. */
export function createAsyncInvocations(options: AsyncInvocationsOptions): AsyncInvocations {
  const { clock, functions } = options;
  const store = openStore<AcceptedEvent>(join(options.stateFolder, 'async-invocations.jsonl'));
  const configurations = new Map<string, AsyncConfiguration>();
  const timers = new Set<() => void>();
  let closed = false;

  const deliver = async (event: AcceptedEvent): Promise<void> => {
    const result = await attempt(functions, event);
    // What was interrupted by the region's end is called again after the next start.
    if (closed) return;
    if (result === 'gone') {
      store.delete(event.requestId);
      return;
    }
    const configuration = configurations.get(event.functionName) ?? {};
    const next = afterAttempt(event, verdictOf(result), configuration, clock.now());
    if (next.kind === 'retry') {
      store.set(event.requestId, next.event);
      const cancel = clock.at(new Date(clock.now().getTime() + next.waitMs), () => {
        timers.delete(cancel);
        begin(next.event);
      });
      timers.add(cancel);
      return;
    }
    const answer = result === 'throttled' ? undefined : result;
    await tellDestinations(options, next.event, next.condition, answer, configuration);
    if (!closed) store.delete(event.requestId);
  };

  const begin = (event: AcceptedEvent): void => void holding(clock, deliver(event));

  return {
    configure: (name, configuration) => void configurations.set(name, configuration),
    accept(functionName, payload) {
      if (Buffer.byteLength(payload) > EVENT_LIMIT_BYTES) {
        throw new PayloadTooLargeError(EVENT_LIMIT_BYTES);
      }
      const requestId = randomUUID();
      const acceptedAt = clock.now().toISOString();
      const event = { requestId, functionName, payload, acceptedAt, failures: 0, throttles: 0 };
      store.set(requestId, event);
      begin(event);
      return requestId;
    },
    resume() {
      for (const event of store.values()) begin(event);
    },
    close() {
      closed = true;
      for (const cancel of timers) cancel();
      store.close();
    },
  };
}

type AttemptResult = CallResult | 'throttled' | 'gone';

async function attempt(functions: FunctionCatalogue, event: AcceptedEvent): Promise<AttemptResult> {
  try {
    const hosted = functions.find(event.functionName);
    return await functions.call(hosted, event.payload, { requestId: event.requestId });
  } catch (cause) {
    if (cause instanceof FunctionNotFoundError) return 'gone';
    if (cause instanceof ThrottledError) return 'throttled';
    throw cause;
  }
}

function verdictOf(result: CallResult | 'throttled'): 'succeeded' | 'failed' | 'throttled' {
  if (result === 'throttled') return result;
  return result.failed ? 'failed' : 'succeeded';
}

async function tellDestinations(
  options: AsyncInvocationsOptions,
  event: AcceptedEvent,
  condition: string,
  answer: CallResult | undefined,
  configuration: AsyncConfiguration,
): Promise<void> {
  const { configuration: own } = options.functions.find(event.functionName);
  const { arn, deadLetterArn } = own;
  const ports = { ...options, actor: actorOf(own) };
  const succeeded = condition === 'Success';
  const destination = succeeded ? configuration.onSuccessArn : configuration.onFailureArn;
  try {
    if (destination !== undefined) {
      const record = destinationRecord(event, arn, answer, condition, options.clock.now());
      await sendToDestination(destination, record, ports);
    }
    if (!succeeded && deadLetterArn !== undefined) {
      await sendToDestination(deadLetterArn, event.payload, ports);
    }
  } catch (cause) {
    options.metrics.deliveryFailed(event.functionName);
    console.error(`an event of '${event.functionName}' did not reach its destination:`, cause);
  }
}
