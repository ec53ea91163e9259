/** Errors as AWS tells them: a code, a message and an HTTP status. */

export interface AwsErrorDetails {
  /** @default 400 */
  readonly status?: number;
  /** Members of the error besides its message, such as `Key` of S3's NoSuchKey. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** The code that the service's older query protocol used, where the two differ (SQS). */
  readonly queryCode?: string;
}

/** An error that the client is to see; thrown by operations, written by the protocols. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly queryCode: string;

  constructor(code: string, message: string, details: AwsErrorDetails = {}) {
    super(message);
    this.code = code;
    this.status = details.status ?? 400;
    this.fields = details.fields ?? {};
    this.queryCode = details.queryCode ?? code;
  }

  /** Whose fault it is, in the words of the query protocol. */
  get fault(): 'Sender' | 'Receiver' {
    return this.status < 500 ? 'Sender' : 'Receiver';
  }
}

/**
 * Returns what the client is told about anything that was thrown. An error that no operation
 * meant for the client is a defect of the region: it goes to stderr, and the client gets a 500.
 */
export function toAwsError(cause: unknown, during: string): AwsError {
  if (cause instanceof AwsError) return cause;
  console.error(`${during} failed:`, cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AwsError('InternalFailure', `${during} failed: ${reason}`, { status: 500 });
}
