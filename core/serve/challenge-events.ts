/** Which of a batch's events the challenger answers, or predicts in the shadow. */
import type { ModelDefinition } from '../model/definition.ts';
import type { PredictionRecord } from '../model/records.ts';
import type { DecodedEvent } from './event.ts';
import type { Challenger } from './model-server.ts';
import type { Outcome } from './predict-events.ts';
import { entityOf } from './predict-rows.ts';
import type { ServedModel } from './served-model.ts';
import { isChallenged } from './traffic.ts';

/** Answers some of a batch's events, by their places in it; one outcome a place. */
export type AnswerBy = (
  model: ServedModel,
  places: readonly number[],
  variant?: PredictionRecord['variant'],
) => Promise<Outcome[]>;

/** Who is there to answer. */
export interface Rivals {
  readonly champion: ServedModel;
  readonly challenger?: Challenger | undefined;
  /** Hears why the challenger could not do its share, which the champion does then. */
  readonly onFault: (cause: unknown) => void;
}

/** Places of the events that are the challenger's, by entity as over HTTP. */
export function challengedPlaces(
  { name, serving }: Pick<ModelDefinition, 'name' | 'serving'>,
  { traffic }: Pick<Challenger, 'traffic'>,
  events: readonly DecodedEvent[],
): number[] {
  return [...events.keys()].filter((place) => {
    const { id, entity, features } = events[place]!;
    return isChallenged(name, entity ?? entityOf(features, serving.entity) ?? id, traffic);
  });
}

/** One outcome an event; what the challenger cannot answer, the champion does. */
export async function answerAll(
  { champion, challenger, onFault }: Rivals,
  events: number,
  theirs: readonly number[],
  answer: AnswerBy,
): Promise<Outcome[]> {
  const all = Array.from({ length: events }, (_, place) => place);
  if (!challenger || theirs.length === 0) return answer(champion, all);
  const isShadow = challenger.traffic.kind === 'shadow';
  const tried = await tryAnswer(challenger, theirs, answer).catch((cause: unknown) => {
    onFault(cause);
    return new Map<number, Outcome>();
  });
  const ours = isShadow ? all : all.filter((place) => !tried.has(place));
  const own = await answer(champion, ours);
  const outcomes: Outcome[] = Array.from({ length: events });
  for (const [at, place] of ours.entries()) outcomes[place] = own[at]!;
  for (const [place, outcome] of tried) {
    outcomes[place] = isShadow ? withShadow(outcomes[place]!, outcome) : outcome;
  }
  return outcomes;
}

/** Answers by place; what has none is left out. */
async function tryAnswer(
  { model, traffic }: Challenger,
  places: readonly number[],
  answer: AnswerBy,
): Promise<Map<number, Outcome>> {
  const outcomes = await answer(model, places, traffic.kind === 'shadow' ? 'shadow' : 'challenger');
  return new Map(
    places.flatMap((place, at) => ('answer' in outcomes[at]! ? [[place, outcomes[at]]] : [])),
  );
}

function withShadow(outcome: Outcome, shadow: Outcome): Outcome {
  return 'answer' in outcome && 'answer' in shadow
    ? { ...outcome, shadow: shadow.answer }
    : outcome;
}
