/** A batch of one shard, from records to a place for each event in them. */
import {
  type OutgoingRecord,
  type RecordStream,
  RecordsRefusedError,
} from '../aws/predictions-stream.ts';
import type { QuarantineReason } from '../model/quarantine.ts';
import type { EventDecoder } from './decode-event.ts';
import type { DecodedEvent, StreamRecord, UnfitEvent } from './event.ts';
import type { Challenger, ModelServer } from './model-server.ts';
import type { EventPredictor, Outcome } from './predict-events.ts';
import type { Quarantine } from './quarantine.ts';
import type { ServedModel } from './served-model.ts';

export interface ConsumerParts {
  readonly server: ModelServer;
  readonly decoder: EventDecoder;
  readonly predictEvents: EventPredictor;
  /** Where prediction records go, under the partition key of their event. */
  readonly predictions: RecordStream;
  /** Where events go that cannot be answered. */
  readonly quarantine: Quarantine;
}

export interface Consumed {
  /** Events that were answered. */
  readonly predicted: number;
  readonly quarantined: readonly {
    readonly place: string;
    readonly reason: QuarantineReason;
  }[];
  /** The first record that has no place yet: it and all after it must come again. */
  readonly failedAt?: { readonly sequenceNumber: string; readonly cause: unknown };
}

/** Most that one call of the model takes; more only come in aggregated or compressed records. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 16 * 2 ** 20;

/**
 * Answers a batch, and puts every answer and every event that has none where it belongs. Never
 * throws: what fails is told by the first record that must come again, and nothing from there on
 * is counted.
 */
export async function consumeBatch(
  parts: ConsumerParts,
  records: readonly StreamRecord[],
): Promise<Consumed> {
  const last = records.at(-1);
  if (!last) return NOTHING;
  try {
    return await parts.server.use(last.arrivedAt, (...models) =>
      consumeWith(parts, models, records),
    );
  } catch (cause) {
    return failed(records[0]!, cause, NOTHING);
  }
}

const NOTHING: Consumed = { predicted: 0, quarantined: [] };

type Models = readonly [champion: ServedModel, challenger?: Challenger | undefined];

async function consumeWith(
  parts: ConsumerParts,
  models: Models,
  records: readonly StreamRecord[],
): Promise<Consumed> {
  let whole = NOTHING;
  for (const events of slicesOf(parts.decoder, records)) {
    const part = await consumeSlice(parts, models, events);
    whole = {
      ...part,
      predicted: whole.predicted + part.predicted,
      quarantined: [...whole.quarantined, ...part.quarantined],
    };
    if (whole.failedAt) break;
  }
  return whole;
}

/**
 * Decodes as it goes, so that what a batch unpacks to need not fit into memory.
 *
 * @yields events for one call of the model
 */
function* slicesOf(
  decoder: EventDecoder,
  records: readonly StreamRecord[],
): Generator<readonly (DecodedEvent | UnfitEvent)[]> {
  let events: (DecodedEvent | UnfitEvent)[] = [];
  let bytes = 0;
  for (const record of records) {
    for (const event of decoder.decode(record)) {
      events.push(event);
      bytes += event.record.data.length;
      if (events.length < MOST_EVENTS && bytes < MOST_BYTES) continue;
      yield events;
      events = [];
      bytes = 0;
    }
  }
  if (events.length > 0) yield events;
}

async function consumeSlice(
  parts: ConsumerParts,
  [champion, challenger]: Models,
  events: readonly (DecodedEvent | UnfitEvent)[],
): Promise<Consumed> {
  try {
    return await putAll(parts, await parts.predictEvents(champion, events, challenger));
  } catch (cause) {
    return failed(events[0]!.record, cause, NOTHING);
  }
}

async function putAll(
  { predictions, quarantine }: ConsumerParts,
  outcomes: readonly Outcome[],
): Promise<Consumed> {
  const { end, cause } = await putAnswers(predictions, outcomes);
  // What lies behind the first failure comes again, and is set aside then.
  const settled = outcomes.slice(0, end);
  const unfit = settled.filter((outcome) => 'reason' in outcome);
  if (unfit.length > 0) {
    try {
      await quarantine.keep(unfit);
    } catch (failure) {
      const first = settled.indexOf(unfit[0]!);
      return failed(unfit[0]!.record, failure, { predicted: first, quarantined: [] });
    }
  }
  const counts = {
    predicted: settled.length - unfit.length,
    quarantined: unfit.map(({ record, reason }) => ({ place: record.place, reason })),
  };
  return end < outcomes.length ? failed(outcomes[end]!.record, cause, counts) : counts;
}

/** Returns how many outcomes, from the first on, have all their answers in the stream. */
async function putAnswers(
  predictions: RecordStream,
  outcomes: readonly Outcome[],
): Promise<{ readonly end: number; readonly cause?: unknown }> {
  const records: OutgoingRecord[] = [];
  const places: number[] = [];
  const add = (place: number, partitionKey: string, data: Uint8Array): void => {
    records.push({ partitionKey, data });
    places.push(place);
  };
  for (const [place, outcome] of outcomes.entries()) {
    if (!('answer' in outcome)) continue;
    const { partitionKey } = outcome.record;
    add(place, partitionKey, outcome.answer);
    if (outcome.shadow) add(place, partitionKey, outcome.shadow);
  }
  try {
    await predictions.put(records);
    return { end: outcomes.length };
  } catch (cause) {
    if (!(cause instanceof RecordsRefusedError)) throw cause;
    return { end: places[cause.refused[0]!]!, cause };
  }
}

function failed(
  { sequenceNumber }: StreamRecord,
  cause: unknown,
  counts: Pick<Consumed, 'predicted' | 'quarantined'>,
): Consumed {
  return { ...counts, failedAt: { sequenceNumber, cause } };
}
