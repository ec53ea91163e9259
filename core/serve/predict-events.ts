/** Events of a stream in, records of what was predicted and of what was set aside out. */
import type { RejectedRecord } from '../aws/failures-queue.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { Problem } from '../model/problem.ts';
import type { PredictionRecord } from '../model/records.ts';
import { type DecodedEvent, type StreamEvent, createEventDecoder } from './event.ts';
import { summaryOf } from './problems.ts';
import { idOfEvent, recordOf } from './records.ts';
import type { ServedModel } from './served-model.ts';

/** What became of one event; exactly one of the two. */
export type Outcome =
  | { readonly event: StreamEvent; readonly record: PredictionRecord }
  | { readonly event: StreamEvent; readonly rejected: RejectedRecord };

/** Problems that a rejected record carries at most. */
const LISTED_PROBLEMS = 20;

export type EventPredictor = (
  model: ServedModel,
  events: readonly StreamEvent[],
) => Promise<Outcome[]>;

/**
 * Returns what predicts a batch of events in one call of the model. An event that is wrong is set
 * aside by itself; the outcomes are in the order of the events.
 */
export function createEventPredictor(definition: ModelDefinition): EventPredictor {
  const decoder = createEventDecoder(definition);
  return async (model, events) => {
    const decoded = events.map(({ data }) => decoder.decode(data));
    const readable: { readonly at: number; readonly event: Readable }[] = [];
    for (const [at, event] of decoded.entries()) {
      if ('features' in event) readable.push({ at, event });
    }
    const read = model.readRows(
      readable.map(({ event }) => event.features),
      { beside: decoder.beside, pointerOf: (row) => readable[row]!.event.pointer },
    );
    const predictions = await model.predict(read.batch);

    const outcomes: Outcome[] = Array.from({ length: events.length });
    const context = contextOf(model, definition);
    for (const [index, prediction] of predictions.entries()) {
      const { at, event: said } = readable[read.accepted[index]!]!;
      const event = events[at]!;
      const record = recordOf(context, {
        id: said.id ?? idOfEvent(event.stream, event.shard, event.sequenceNumber),
        at: event.arrivedAt.toISOString(),
        features: read.features[index]!,
        prediction,
        entity: said.entity,
      });
      outcomes[at] = { event, record };
    }
    for (const { row, problems } of read.rejected) {
      const { at } = readable[row]!;
      outcomes[at] = setAside(events[at]!, problems);
    }
    for (const [at, event] of decoded.entries()) {
      if ('problems' in event) outcomes[at] = setAside(events[at]!, event.problems);
    }
    return outcomes;
  };
}

type Readable = Extract<DecodedEvent, { readonly features: unknown }>;

function contextOf({ model, version }: ServedModel, { serving }: ModelDefinition) {
  return { model, version, source: 'stream', entityFeature: serving.entity } as const;
}

function setAside(event: StreamEvent, problems: readonly Problem[]): Outcome {
  const { stream, shard, sequenceNumber, partitionKey, arrivedAt, data } = event;
  const rejected: RejectedRecord = {
    reason: summaryOf(problems),
    problems: problems.slice(0, LISTED_PROBLEMS),
    stream,
    shard,
    sequenceNumber,
    partitionKey,
    arrivedAt: arrivedAt.toISOString(),
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  };
  return { event, rejected };
}
