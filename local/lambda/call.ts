/** One call of a function on its way through pool and sandbox. */
import type { Writable } from 'node:stream';

/** The most that one event or one answer may hold, in bytes. */
export const PAYLOAD_LIMIT_BYTES = 6 * 2 ** 20;

export interface Call {
  readonly requestId: string;
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  /**
   * Where a streaming handler's answer goes, once its content type is known.
   *
   * @default the answer is collected, as that of any other handler
   */
  readonly openStream?: (contentType: string) => Writable;
}

/** What came of a call. */
export interface Outcome {
  /** The answer, or the error object as JSON; empty when it went through `openStream`. */
  readonly payload: string;
  readonly failed: boolean;
  /** Time in the handler, without waiting for a sandbox. */
  readonly durationMs: number;
  /** The content type of an answer that a streaming handler wrote. */
  readonly contentType?: string;
  /** The last lines that the call printed, at most 4 KB; complete a moment after the call. */
  readonly logTail?: () => string;
}

/** Returns the outcome of a call that ended outside the handler: timeout, crash, failed start. */
export function failure(errorType: string, errorMessage: string, durationMs = 0): Outcome {
  return { payload: JSON.stringify({ errorType, errorMessage }), failed: true, durationMs };
}
