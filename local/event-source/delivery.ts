/** Bringing one batch to its end: delivered, or told to the on-failure destination. */
import type { DeliveryPolicy } from './configuration.ts';
import type { StreamRecord } from './stream.ts';
import { type Answer, type Batch, judge } from './verdict.ts';

export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface DeliveryPorts {
  invoke(records: readonly StreamRecord[]): Promise<Answer>;
  /** Tells the destination of records that are given up. */
  discard(batch: Batch, condition: DiscardCondition, answer: Answer | undefined): Promise<void>;
  /** Takes note that a record and all before it are done with. */
  advance(sequenceNumber: string): void;
  pause(ms: number): Promise<void>;
  now(): Date;
  /** Lets the running call end and sends nothing more; the rest comes after the next start. */
  readonly signal: AbortSignal;
}

const PAUSE_MS = { first: 200, longest: 60_000 };

/** Sends records to the function, in order, until each is delivered or discarded. */
export async function deliver(
  records: readonly StreamRecord[],
  policy: DeliveryPolicy,
  ports: DeliveryPorts,
): Promise<void> {
  const pending: Batch[] = [{ records, failures: 0 }];
  let pauses = 0;
  let answer: Answer | undefined;

  for (let batch = pending.shift(); batch !== undefined; batch = pending.shift()) {
    const fresh = await dropExpired(batch, policy, ports, answer);
    if (ports.signal.aborted) return;
    if (fresh.records.length === 0) continue;
    answer = await ports.invoke(fresh.records);
    const verdict = judge(fresh, answer, policy);
    advance(fresh.records.slice(0, verdict.delivered), ports);
    // A failure may be that of a sandbox which ends with the region.
    if (ports.signal.aborted) return;
    if (verdict.discarded !== undefined) {
      await discard(verdict.discarded, 'RetryAttemptsExhausted', ports, answer);
    }
    pending.unshift(...verdict.retries);
    pauses = verdict.pause ? pauses + 1 : 0;
    if (verdict.pause) {
      await ports.pause(Math.min(PAUSE_MS.first * 2 ** (pauses - 1), PAUSE_MS.longest));
    }
    if (ports.signal.aborted) return;
  }
}

async function dropExpired(
  batch: Batch,
  policy: DeliveryPolicy,
  ports: DeliveryPorts,
  answer: Answer | undefined,
): Promise<Batch> {
  const oldest = ports.now().getTime() - policy.maximumRecordAgeMs;
  const firstFresh = batch.records.findIndex(({ arrivedAt }) => arrivedAt.getTime() >= oldest);
  const expired = firstFresh < 0 ? batch.records : batch.records.slice(0, firstFresh);
  if (expired.length === 0) return batch;
  await discard({ ...batch, records: expired }, 'RecordAgeExceeded', ports, answer);
  return { ...batch, records: batch.records.slice(expired.length) };
}

async function discard(
  batch: Batch,
  condition: DiscardCondition,
  ports: DeliveryPorts,
  answer: Answer | undefined,
): Promise<void> {
  await ports.discard(batch, condition, answer);
  advance(batch.records, ports);
}

function advance(records: readonly StreamRecord[], ports: DeliveryPorts): void {
  const last = records.at(-1);
  if (last !== undefined) ports.advance(last.sequenceNumber);
}
