/** What follows from a function's answer to a batch. */
import type { DeliveryPolicy } from './configuration.ts';
import type { StreamRecord } from './stream.ts';

/** Records that go to the function together. */
export interface Batch {
  readonly records: readonly StreamRecord[];
  /** Times that the function failed on it; splitting it does not count. */
  readonly failures: number;
}

export type Answer =
  /** The function ran; `payload` is what it returned, or its error. */
  | { readonly kind: 'answered'; readonly failed: boolean; readonly payload: string }
  /** It could not be called. */
  | { readonly kind: 'unreachable' };

export interface Verdict {
  /** How many records from the first on are done with. */
  readonly delivered: number;
  /** What is to be sent next, in this order. */
  readonly retries: readonly Batch[];
  /** What has used up its retries. */
  readonly discarded?: Batch;
  /** Whether to pause before the next attempt. */
  readonly pause: boolean;
}

/**
 * Decides about a batch that was sent.
 *
 * With partial failures reported, all before the lowest failed record is delivered. A batch is cut
 * in two when it is allowed to and its very first record failed (or nobody knows which), so that
 * a poison record ends up alone and the others get through.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function judge(batch: Batch, answer: Answer, policy: DeliveryPolicy): Verdict {
  if (answer.kind === 'unreachable') return { delivered: 0, retries: [batch], pause: true };
  const failedAt = lowestFailure(batch, answer, policy);
  if (failedAt === undefined) {
    return { delivered: batch.records.length, retries: [], pause: false };
  }
  const records = batch.records.slice(failedAt);
  if (policy.bisects && failedAt > 0) {
    return { delivered: failedAt, retries: [{ ...batch, records }], pause: false };
  }
  if (policy.bisects && records.length > 1) {
    return { delivered: 0, retries: bisect(batch), pause: false };
  }
  const remaining = { records, failures: batch.failures + 1 };
  if (remaining.failures > policy.maximumRetryAttempts) {
    return { delivered: failedAt, retries: [], discarded: remaining, pause: false };
  }
  return { delivered: failedAt, retries: [remaining], pause: true };
}

function bisect({ records, failures }: Batch): Batch[] {
  const middle = Math.ceil(records.length / 2);
  return [
    { records: records.slice(0, middle), failures },
    { records: records.slice(middle), failures },
  ];
}

/** Returns the place of the first record that was not delivered, undefined if all were. */
function lowestFailure(
  { records }: Batch,
  answer: Answer & { kind: 'answered' },
  policy: DeliveryPolicy,
): number | undefined {
  if (answer.failed) return 0;
  if (!policy.reportsItemFailures) return undefined;
  const failures = itemFailures(answer.payload);
  if (failures === undefined) return 0;
  const places = failures.map((id) =>
    records.findIndex(({ sequenceNumber }) => sequenceNumber === id),
  );
  // An identifier that is not in the batch (place -1) fails the whole of it, as in AWS.
  return places.length === 0 ? undefined : Math.max(0, Math.min(...places));
}

/**
 * Reads `{ batchItemFailures: [{ itemIdentifier }] }`. No answer and no list are success in AWS; a
 * malformed list is not, and gives undefined.
 */
function itemFailures(payload: string): unknown[] | undefined {
  const answer = parse(payload);
  if (answer === null) return [];
  if (typeof answer !== 'object') return undefined;
  const failures: unknown = Reflect.get(answer, 'batchItemFailures') ?? [];
  if (!Array.isArray(failures)) return undefined;
  return failures.map((failure: unknown) =>
    typeof failure === 'object' && failure !== null
      ? Reflect.get(failure, 'itemIdentifier')
      : undefined,
  );
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
