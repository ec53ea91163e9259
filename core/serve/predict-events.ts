/** Decoded events in, prediction records as they go into the stream out. */
import type { ModelDefinition } from '../model/definition.ts';
import { cloudEventOf } from './cloud-event.ts';
import { type DecodedEvent, type StreamRecord, type UnfitEvent, placeOf } from './event.ts';
import { recordOf } from './records.ts';
import { type Unscorable, scoreApart } from './score-apart.ts';
import type { Prediction } from './decide.ts';
import type { ServedModel } from './served-model.ts';
import type { Features } from './validate.ts';

/** An event with its answer. */
export interface AnsweredEvent {
  readonly record: StreamRecord;
  /** What goes into the predictions stream. */
  readonly answer: Uint8Array;
}

export type Outcome = AnsweredEvent | UnfitEvent;

/**
 * Completes the features of events that were decoded by what is known beside them, such as counts
 * of an entity's last hour; one row an event, in their order. Called once a batch.
 */
export type FeatureCompleter = (
  events: readonly DecodedEvent[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

export interface EventPredictorOptions {
  /** Names that may stand beside the features of an event. */
  readonly beside: ReadonlySet<string>;
  /** @default the features of an event are all there is */
  readonly complete?: FeatureCompleter;
}

export type EventPredictor = (
  model: ServedModel,
  events: readonly (DecodedEvent | UnfitEvent)[],
) => Promise<Outcome[]>;

/** What one record may hold, its partition key counted in. */
const MOST_BYTES = 1024 * 1024;

/**
 * Returns what predicts a batch of events in one call of the model. An event that is wrong is set
 * aside by itself; the outcomes are in the order of the events.
 */
export function createEventPredictor(
  { serving }: Pick<ModelDefinition, 'serving'>,
  {
    beside,
    complete = async (events) => events.map(({ features }) => features),
  }: EventPredictorOptions,
): EventPredictor {
  return async (model, events) => {
    const outcomes: Outcome[] = Array.from({ length: events.length });
    const decoded: DecodedEvent[] = [];
    const places: number[] = [];
    for (const [place, event] of events.entries()) {
      if ('reason' in event) outcomes[place] = event;
      else {
        decoded.push(event);
        places.push(place);
      }
    }
    const read = model.readRows(await complete(decoded), {
      beside,
      pointerOf: (row) => decoded[row]!.pointer,
    });
    for (const { row, problems } of read.rejected) {
      const { record, id } = decoded[row]!;
      outcomes[places[row]!] = { record, id, reason: 'invalid', problems };
    }
    const predictions = read.accepted.length === 0 ? [] : await scoreApart(model, read.batch);
    const answer = answererOf(model, serving.entity);
    for (const [index, prediction] of predictions.entries()) {
      const row = read.accepted[index]!;
      outcomes[places[row]!] = answer(decoded[row]!, read.features[index]!, prediction);
    }
    return outcomes;
  };
}

type Answerer = (
  event: DecodedEvent,
  features: Features,
  prediction: Prediction | Unscorable,
) => Outcome;

function answererOf({ model, version }: ServedModel, entityFeature: string | undefined): Answerer {
  const context = { model, version, source: 'stream', entityFeature } as const;
  return (event, features, prediction) => {
    const { record, id, pointer, entity, isCloudEvent } = event;
    if ('why' in prediction) {
      const problem = { pointer, got: prediction.why, expected: 'a row that the model can score' };
      return { record, id, reason: 'unscorable', problems: [problem] };
    }
    const at = record.arrivedAt.toISOString();
    const predicted = recordOf(context, {
      id,
      at,
      features,
      prediction,
      entity,
      event: placeOf(record),
    });
    const answer = Buffer.from(JSON.stringify(isCloudEvent ? cloudEventOf(predicted) : predicted));
    if (answer.length + Buffer.byteLength(record.partitionKey) <= MOST_BYTES) {
      return { record, answer };
    }
    const got = `a prediction record of ${answer.length} bytes`;
    const expected = `at most ${MOST_BYTES} bytes with its partition key`;
    return { record, id, reason: 'too-large', problems: [{ pointer, got, expected }] };
  };
}
