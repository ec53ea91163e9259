/** Decoded events in, prediction records as they go into the stream out. */
import type { ModelDefinition } from '../model/definition.ts';
import type { PredictionRecord } from '../model/records.ts';
import { answerAll, challengedPlaces } from './challenge-events.ts';
import { cloudEventOf } from './cloud-event.ts';
import type { DecodedEvent, StreamRecord, UnfitEvent } from './event.ts';
import type { Challenger } from './model-server.ts';
import { isoText } from './moment.ts';
import { recordOf } from './records.ts';
import { isPlain, recordText } from './record-text.ts';
import { type Unscorable, scoreApart } from './score-apart.ts';
import type { Prediction } from './decide.ts';
import type { ServedModel } from './served-model.ts';
import { type RollingValues, withValues } from './rolling/rolling-values.ts';
import type { Features, ReadRows } from './validate.ts';

/** An event with its answer. */
export interface AnsweredEvent {
  readonly record: StreamRecord;
  /** What goes into the predictions stream. */
  readonly answer: Uint8Array;
  /** What the challenger would have said, for the record only. */
  readonly shadow?: Uint8Array;
}

export type Outcome = AnsweredEvent | UnfitEvent;

/**
 * Tells what is known beside events that were accepted, such as counts of an entity's last hour;
 * one answer an event, in their order. Called once a batch, whoever answers it.
 */
export type EventCompleter = (
  events: readonly DecodedEvent[],
  features: readonly Features[],
) => Promise<readonly RollingValues[]>;

export interface EventPredictorOptions {
  /** Names that may stand beside the features of an event. */
  readonly beside: ReadonlySet<string>;
  /** @default the features of an event are all there is */
  readonly complete?: EventCompleter | undefined;
  /** Hears why a challenger could not do its share. @default nobody */
  readonly onChallengerFault?: (cause: unknown) => void;
}

export type EventPredictor = (
  model: ServedModel,
  events: readonly (DecodedEvent | UnfitEvent)[],
  challenger?: Challenger,
) => Promise<Outcome[]>;

/** What one record may hold, its partition key counted in. */
const MOST_BYTES = 1024 * 1024;

/**
 * Returns what predicts a batch of events in one call of the model. An event that is wrong is set
 * aside by itself; the outcomes are in the order of the events.
 */
export function createEventPredictor(
  definition: Pick<ModelDefinition, 'name' | 'serving'>,
  { beside, complete, onChallengerFault: onFault = () => {} }: EventPredictorOptions,
): EventPredictor {
  return async (champion, events, challenger) => {
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
    const beyond = complete && (await known(champion, decoded, beside, complete));
    const theirs = challenger ? challengedPlaces(definition, challenger, decoded) : [];
    const rivals = { champion, challenger, onFault };
    const answered = await answerAll(rivals, decoded.length, theirs, (model, chosen, variant) =>
      answerRows({ model, variant, entity: definition.serving.entity, beside }, chosen, {
        decoded,
        beyond,
      }),
    );
    for (const [row, outcome] of answered.entries()) outcomes[places[row]!] = outcome;
    return outcomes;
  };
}

interface Answering {
  readonly model: ServedModel;
  readonly variant?: PredictionRecord['variant'];
  readonly entity: string | undefined;
  readonly beside: ReadonlySet<string>;
}

/** One outcome for each chosen event. */
async function answerRows(
  { model, variant, entity, beside }: Answering,
  chosen: readonly number[],
  {
    decoded,
    beyond,
  }: {
    readonly decoded: readonly DecodedEvent[];
    readonly beyond: readonly RollingValues[] | undefined;
  },
): Promise<Outcome[]> {
  const events = chosen.map((row) => decoded[row]!);
  const outcomes: Outcome[] = Array.from({ length: events.length });
  const sent = readEvents(model, events, beside);
  const read = beyond
    ? withValues(
        sent,
        model.signature,
        sent.accepted.map((row) => beyond[chosen[row]!]!),
      )
    : sent;
  for (const { row, problems } of read.rejected) {
    const { record, id } = events[row]!;
    outcomes[row] = { record, id, reason: 'invalid', problems };
  }
  const predictions = read.accepted.length === 0 ? [] : await scoreApart(model, read.batch);
  const answer = answererOf(model, entity, variant);
  for (const [index, prediction] of predictions.entries()) {
    const row = read.accepted[index]!;
    outcomes[row] = answer(events[row]!, read.features[index]!, prediction);
  }
  return outcomes;
}

function readEvents(
  model: ServedModel,
  events: readonly DecodedEvent[],
  beside: ReadonlySet<string>,
): ReadRows {
  return model.readRows(
    events.map(({ features }) => features),
    { beside, pointerOf: (row) => events[row]!.pointer },
  );
}

/** What is known beside each event; nothing beside those that are not accepted. */
async function known(
  champion: ServedModel,
  events: readonly DecodedEvent[],
  beside: ReadonlySet<string>,
  complete: EventCompleter,
): Promise<RollingValues[]> {
  const { accepted, features } = readEvents(champion, events, beside);
  const values = await complete(
    accepted.map((row) => events[row]!),
    features,
  );
  const all: RollingValues[] = events.map(() => ({}));
  for (const [at, row] of accepted.entries()) all[row] = values[at]!;
  return all;
}

type Answerer = (
  event: DecodedEvent,
  features: Features,
  prediction: Prediction | Unscorable,
) => Outcome;

function answererOf(
  { model, version }: ServedModel,
  entityFeature: string | undefined,
  variant: PredictionRecord['variant'],
): Answerer {
  const context = { model, version, source: 'stream', entityFeature, variant } as const;
  return (event, features, prediction) => {
    const { record, id, pointer, entity, isCloudEvent } = event;
    if ('why' in prediction) {
      const problem = { pointer, got: prediction.why, expected: 'a row that the model can score' };
      return { record, id, reason: 'unscorable', problems: [problem] };
    }
    const at = isoText(record.arrivedAt.getTime());
    const predicted = recordOf(context, {
      id,
      at,
      features,
      prediction,
      entity,
      event: record.place,
    });
    const answer = Buffer.from(
      isCloudEvent
        ? JSON.stringify(cloudEventOf(predicted))
        : recordText(predicted, isPlain(record.data)),
    );
    if (answer.length + Buffer.byteLength(record.partitionKey) <= MOST_BYTES) {
      return { record, answer };
    }
    const got = `a prediction record of ${answer.length} bytes`;
    const expected = `at most ${MOST_BYTES} bytes with its partition key`;
    return { record, id, reason: 'too-large', problems: [{ pointer, got, expected }] };
  };
}
