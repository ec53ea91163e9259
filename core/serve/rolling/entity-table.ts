/** The states of entities in the table of facts: an item for each entity and group of features. */
import { createHash } from 'node:crypto';
import type { Fact, FactKey, FactTable } from '../../aws/facts.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import { type RollingGroup, rollingGroups } from '../../model/rolling-features.ts';
import { EntityState } from './state.ts';

/** An entity in a group: what its item is found by. */
export interface EntityPlace {
  readonly group: RollingGroup;
  readonly entity: string;
}

/** What is done with the state of one entity; true if that changed it. */
export type Work = (state: EntityState) => boolean;

export interface EntityTable {
  /** Does each work on its state, and keeps what was changed. @param now for when items may go */
  update(work: ReadonlyMap<EntityPlace, Work>, now: Date): Promise<void>;
  /** Does each work on its state, without leaving a trace. */
  read(work: ReadonlyMap<EntityPlace, Work>): Promise<void>;
}

/** Writers that meet at one entity, one of which wins each time. */
const ATTEMPTS = 50;

/** Items that are written side by side. */
const WRITES_AT_ONCE = 32;

const DAY_MS = 86_400_000;

/**
 * All items of a batch are read in few calls; each that was changed is written once, if nobody has
 * changed it since. Where somebody has, the work is done again on what they left, which is right
 * since a state knows what is in it.
 */
export function createEntityTable(facts: FactTable, model: string): EntityTable {
  const load = async (places: readonly EntityPlace[]): Promise<Map<string, Fact>> => {
    const found = await facts.getMany(places.map((place) => keyOf(model, place)));
    return new Map(found.map((fact) => [nameOf(fact), fact]));
  };

  const write = async (place: EntityPlace, work: Work, now: Date, read: Fact | undefined) => {
    let fact = read;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const state = stateOf(place.group, fact);
      if (!work(state)) return;
      const next = {
        ...keyOf(model, place),
        state: state.toText(),
        expires: expiryOf(place.group, state, now),
      };
      // oxlint-disable-next-line no-await-in-loop
      if (await put(next, fact)) return;
      // oxlint-disable-next-line no-await-in-loop
      fact = await facts.get(keyOf(model, place));
    }
    throw new Error(
      `entity '${place.entity}' of '${model}' was changed by others ${ATTEMPTS} times in a row; ` +
        'send the batch again',
    );
  };

  const put = (next: Fact, seen: Fact | undefined): Promise<boolean> => {
    if (seen === undefined) return facts.putIfAbsent({ ...next, revision: 1 });
    const revision = Number(seen['revision']);
    return facts.replace({ ...next, revision: revision + 1 }, revision);
  };

  return {
    async read(work) {
      const found = await load([...work.keys()]);
      for (const [place, act] of work) {
        act(stateOf(place.group, found.get(nameOf(keyOf(model, place)))));
      }
    },
    async update(work, now) {
      const found = await load([...work.keys()]);
      const queue = work.entries();
      const writer = async (): Promise<void> => {
        for (const [place, act] of queue) {
          // oxlint-disable-next-line no-await-in-loop
          await write(place, act, now, found.get(nameOf(keyOf(model, place))));
        }
      };
      await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writer));
    },
  };
}

/** Where everything lies that is kept of one value of a feature. */
export function placesOfEntity(
  { name, rolling }: Pick<ModelDefinition, 'name' | 'rolling'>,
  feature: string,
  entity: string,
): FactKey[] {
  return rollingGroups(rolling)
    .filter(({ by }) => by === feature)
    .map((group) => keyOf(name, { group, entity }));
}

/** Longer names would not fit into a key. */
const LONGEST_NAME = 256;

function keyOf(model: string, { group, entity }: EntityPlace): FactKey {
  const name =
    entity.length <= LONGEST_NAME ? entity : createHash('sha256').update(entity).digest('hex');
  return { partition: `rolling#${model}#${name}`, sort: group.name };
}

function nameOf({ partition, sort }: FactKey): string {
  return `${partition} ${sort}`;
}

function stateOf(group: RollingGroup, fact: Fact | undefined): EntityState {
  const text = fact?.['state'];
  return new EntityState(group, typeof text === 'string' ? text : undefined);
}

/** In seconds, as DynamoDB's time to live wants it; a day later than anything could need it. */
function expiryOf({ span, bucketMs }: RollingGroup, state: EntityState, now: Date): number {
  const needed = Math.max(state.neededUntil, now.getTime() + 2 * span * bucketMs);
  return Math.ceil((needed + DAY_MS) / 1000);
}
