/** A batch of one shard, from events to a place for each of them. */
import type { FailuresQueue } from '../aws/failures-queue.ts';
import { type RecordStream, RecordsRefusedError } from '../aws/predictions-stream.ts';
import type { StreamEvent } from './event.ts';
import type { ModelServer } from './model-server.ts';
import type { EventPredictor, Outcome } from './predict-events.ts';

export interface ConsumerParts {
  readonly server: ModelServer;
  readonly predictEvents: EventPredictor;
  /** Where prediction records go, under the partition key of their event. */
  readonly predictions: RecordStream;
  /** Where events go that cannot be predicted. */
  readonly failures: FailuresQueue;
}

export interface Consumed {
  readonly predicted: number;
  readonly rejected: number;
  /** The first event that has no place yet: it and all after it must come again. */
  readonly failedAt?: { readonly sequenceNumber: string; readonly cause: unknown };
}

/**
 * Predicts a batch and puts every record and every rejected event where it belongs. Never throws:
 * what fails is told by the first event that must come again, and nothing from there on is counted.
 */
export async function consumeBatch(
  parts: ConsumerParts,
  events: readonly StreamEvent[],
): Promise<Consumed> {
  const last = events.at(-1);
  if (!last) return { predicted: 0, rejected: 0 };
  try {
    const outcomes = await parts.server.use(last.arrivedAt, (model) =>
      parts.predictEvents(model, events),
    );
    return await putAll(parts, outcomes);
  } catch (cause) {
    return failed(events[0]!, cause, { predicted: 0, rejected: 0 });
  }
}

async function putAll(
  { predictions, failures }: ConsumerParts,
  outcomes: readonly Outcome[],
): Promise<Consumed> {
  const { end, cause } = await putPredictions(predictions, outcomes);
  // What lies behind the first failure comes again, and would be set aside twice.
  const settled = outcomes.slice(0, end);
  const rejected = settled.flatMap((outcome) => ('rejected' in outcome ? [outcome] : []));
  try {
    await failures.send(rejected.map((outcome) => outcome.rejected));
  } catch (failure) {
    const first = rejected[0]!.event;
    const before = outcomes.findIndex(({ event }) => event === first);
    return failed(first, failure, { predicted: before, rejected: 0 });
  }
  const counts = { predicted: settled.length - rejected.length, rejected: rejected.length };
  return end < outcomes.length ? failed(outcomes[end]!.event, cause, counts) : counts;
}

/** Returns how many outcomes, from the first on, have all their records in the stream. */
async function putPredictions(
  predictions: RecordStream,
  outcomes: readonly Outcome[],
): Promise<{ readonly end: number; readonly cause?: unknown }> {
  const places: number[] = [];
  const records = outcomes.flatMap((outcome, place) => {
    if (!('record' in outcome)) return [];
    places.push(place);
    const data = Buffer.from(JSON.stringify(outcome.record));
    return [{ partitionKey: outcome.event.partitionKey, data }];
  });
  try {
    await predictions.put(records);
    return { end: outcomes.length };
  } catch (cause) {
    if (!(cause instanceof RecordsRefusedError)) throw cause;
    return { end: places[cause.refused[0]!]!, cause };
  }
}

function failed(
  { sequenceNumber }: StreamEvent,
  cause: unknown,
  counts: Pick<Consumed, 'predicted' | 'rejected'>,
): Consumed {
  return { ...counts, failedAt: { sequenceNumber, cause } };
}
