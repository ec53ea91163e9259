/**
 * Holds back training: one pipeline at a time for a model, and a rest after one that an upload
 * started. All times are those of events, so that a replay of the past holds back alike.
 */
import type { Fact, FactTable } from '../aws/facts.ts';

export interface Hold {
  readonly model: string;
  /** What is held: 'train' while a run trains, 'upload' while uploads start nothing. */
  readonly name: 'train' | 'upload';
  readonly runId: string;
  readonly from: Date;
  readonly hours: number;
}

/** Why a request has to wait. */
export interface Held {
  readonly runId: string;
  readonly until: Date;
}

/**
 * Takes a hold; the same run takes it again freely.
 *
 * @returns undefined if it is taken, else who has it and until when
 */
export async function take(facts: FactTable, hold: Hold): Promise<Held | undefined> {
  const { runId, from, hours } = hold;
  const until = new Date(from.getTime() + hours * 3_600_000);
  const place = placeOf(hold);
  for (;;) {
    const fact = await facts.get(place);
    if (fact === undefined) {
      const first = { ...place, runId, until: until.toISOString(), revision: 1 };
      if (await facts.putIfAbsent(first)) return undefined;
      continue;
    }
    const { held, revision } = parse(fact);
    if (held.runId === runId) return undefined;
    if (held.until > from) return held;
    const next = { ...place, runId, until: until.toISOString(), revision: revision + 1 };
    if (await facts.replace(next, revision)) return undefined;
  }
}

/** Tells whether somebody has a hold at a moment. */
export async function isHeld(
  facts: FactTable,
  hold: Pick<Hold, 'model' | 'name'>,
  at: Date,
): Promise<boolean> {
  const fact = await facts.get(placeOf(hold));
  return fact !== undefined && parse(fact).held.until > at;
}

/** Gives a hold back, if the run has it. */
export async function release(
  facts: FactTable,
  { model, name, runId }: Pick<Hold, 'model' | 'name' | 'runId'>,
): Promise<void> {
  const place = placeOf({ model, name });
  const fact = await facts.get(place);
  if (fact === undefined) return;
  const { held, revision } = parse(fact);
  if (held.runId !== runId) return;
  // Lost to another writer, the hold is no longer this run's to give back.
  const free = { ...place, runId: '', until: new Date(0).toISOString(), revision: revision + 1 };
  await facts.replace(free, revision);
}

function placeOf({ model, name }: Pick<Hold, 'model' | 'name'>): {
  partition: string;
  sort: string;
} {
  return { partition: `lock#${model}`, sort: name };
}

function parse(fact: Fact): { held: Held; revision: number } {
  const { runId, until, revision } = fact;
  if (typeof runId !== 'string' || typeof until !== 'string' || typeof revision !== 'number') {
    throw new Error(`fact '${fact.partition}' / '${fact.sort}' is no hold; delete it`);
  }
  return { held: { runId, until: new Date(until) }, revision };
}
