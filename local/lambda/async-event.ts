/** An event that was accepted for later, and what becomes of it. */

/** What the template's AWS::Lambda::EventInvokeConfig says. */
export interface AsyncConfiguration {
  /** @default 2 */
  readonly maximumRetryAttempts?: number;
  /** @default 21600, six hours */
  readonly maximumAgeSeconds?: number;
  readonly onSuccessArn?: string;
  readonly onFailureArn?: string;
}

export interface AcceptedEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly payload: string;
  readonly acceptedAt: string;
  /** Times that the function was called and failed. */
  readonly failures: number;
  /** Times in a row that the function could not be called. */
  readonly throttles: number;
}

export type AfterAttempt =
  | { readonly kind: 'retry'; readonly event: AcceptedEvent; readonly waitMs: number }
  | {
      readonly kind: 'end';
      readonly event: AcceptedEvent;
      readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
    };

/** A function that fails is called again after one minute, then after two. */
const RETRY_AFTER_MS = [60_000, 120_000];
/** A throttled call waits from one second up to five minutes. */
const THROTTLE_WAIT_MS = { first: 1000, longest: 300_000 };
const DEFAULT_MAXIMUM_AGE_SECONDS = 6 * 3600;

/**
 * Decides what follows an attempt.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function afterAttempt(
  event: AcceptedEvent,
  result: 'succeeded' | 'failed' | 'throttled',
  configuration: AsyncConfiguration,
  now: Date,
): AfterAttempt {
  if (result === 'succeeded') return { kind: 'end', event, condition: 'Success' };
  const failed = result === 'failed';
  const next: AcceptedEvent = failed
    ? { ...event, throttles: 0, failures: event.failures + 1 }
    : { ...event, throttles: event.throttles + 1 };
  if (next.failures > (configuration.maximumRetryAttempts ?? RETRY_AFTER_MS.length)) {
    return { kind: 'end', event: next, condition: 'RetriesExhausted' };
  }
  const waitMs = failed
    ? (RETRY_AFTER_MS[event.failures] ?? 0)
    : Math.min(THROTTLE_WAIT_MS.first * 2 ** event.throttles, THROTTLE_WAIT_MS.longest);
  const ageMs = now.getTime() + waitMs - Date.parse(event.acceptedAt);
  if (ageMs > (configuration.maximumAgeSeconds ?? DEFAULT_MAXIMUM_AGE_SECONDS) * 1000) {
    return { kind: 'end', event: next, condition: 'EventAgeExceeded' };
  }
  return { kind: 'retry', event: next, waitMs };
}
