/** What the Runtime API is told about a failure. */
export interface ErrorDescription {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Describes anything that was thrown, in the words of AWS's Node.js runtime. */
export function describeError(cause: unknown): ErrorDescription {
  if (!(cause instanceof Error)) {
    const errorMessage = typeof cause === 'string' ? cause : (JSON.stringify(cause) ?? 'undefined');
    return { errorType: typeof cause, errorMessage, trace: [] };
  }
  return {
    errorType: cause.name,
    errorMessage: cause.message,
    trace: (cause.stack ?? '').split('\n'),
  };
}
