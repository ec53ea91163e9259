/** Everything that is kept about one entity, taken out: the right to erasure. */
import { createHash } from 'node:crypto';
import type { RemovableFacts } from '../aws/facts.ts';
import type { ObjectStore } from '../aws/objects.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { layout } from '../model/layout.ts';
import { placesOfEntity } from '../serve/rolling/entity-table.ts';
import { eraseFromBatches } from './batches.ts';
import { withoutLines } from './lines.ts';
import { type Entity, mentions } from './mentions.ts';

export interface Erasure {
  readonly definition: Pick<ModelDefinition, 'name' | 'rolling' | 'serving'>;
  /** Whom the records are about. */
  readonly entity: string;
  readonly at: Date;
  /** Who asked for it. */
  readonly by: string;
  /** Random text, by which the trace of the erasure cannot be guessed from a list of entities. */
  readonly salt: string;
  /** Counts only. */
  readonly dryRun: boolean;
  /** Empty folder of this machine. */
  readonly scratch: string;
}

/** Rows that went, by where they were. */
export interface Erased {
  readonly predictions: number;
  readonly labels: number;
  readonly quarantine: number;
  readonly unsent: number;
  readonly batches: number;
  /** States that rolling features are computed from. */
  readonly rolling: number;
}

export interface ErasureStores {
  readonly objects: ObjectStore;
  readonly facts: Pick<RemovableFacts, 'getMany' | 'putIfAbsent' | 'remove'>;
}

/** Objects that are read at the same time. */
const PARALLEL = 16;

/**
 * Rewrites every object that has a record of the entity, and leaves a fact that it was done, which
 * names the entity by a salted hash only. Done again, it finds nothing.
 */
export async function erase(
  { objects, facts }: ErasureStores,
  { definition, entity: id, at, by, salt, dryRun, scratch }: Erasure,
): Promise<Erased> {
  const { name: model, serving } = definition;
  const entity: Entity = { id, ...(serving.entity !== undefined && { feature: serving.entity }) };
  const isOne = (record: unknown): boolean => mentions(record, entity);
  const thin = (prefix: string, drops: (record: unknown) => boolean) =>
    thinAll(objects, prefix, { drops, dryRun });

  const predictions = await thin(layout.predictions(model), isOne);
  // A label says only of which prediction it is.
  const ids = new Set(predictions.map(idOf));
  const labels = await thin(layout.labels(model), (record) => ids.has(idOf(record)));
  const quarantine = await thin(layout.quarantine(model), isOne);
  const unsent = await thin(layout.unsent(model), isOne);
  const batches = await eraseFromBatches(objects, { model, entity, dryRun, scratch });
  const states =
    serving.entity === undefined
      ? []
      : await facts.getMany(placesOfEntity(definition, serving.entity, id));
  const erased: Erased = {
    predictions: predictions.length,
    labels: labels.length,
    quarantine: quarantine.length,
    unsent: unsent.length,
    batches,
    rolling: states.length,
  };
  if (!dryRun) {
    for (const state of states) await facts.remove(state);
    const moment = at.toISOString();
    const entitySha256 = createHash('sha256').update(`${salt}${id}`).digest('hex');
    const place = { partition: `erasure#${model}`, sort: `${moment}#${salt}` };
    await facts.putIfAbsent({ ...place, at: moment, by, salt, entitySha256, rows: erased });
  }
  return erased;
}

interface Thinning {
  readonly drops: (record: unknown) => boolean;
  readonly dryRun: boolean;
}

/** @returns the records that went */
async function thinAll(
  objects: ObjectStore,
  prefix: string,
  { drops, dryRun }: Thinning,
): Promise<unknown[]> {
  const keys = (await objects.list(prefix))
    .map(({ key }) => key)
    // What batches left is listed elsewhere, and goes with those lists.
    .filter((key) => /\.jsonl(\.gz)?$/.test(key) && !key.startsWith(`${prefix}batch/`));
  const all: unknown[] = [];
  for (let from = 0; from < keys.length; from += PARALLEL) {
    const some = keys.slice(from, from + PARALLEL).map(async (key) => {
      const { dropped, body } = withoutLines(key, await objects.get(key), drops);
      if (dropped.length > 0 && !dryRun) {
        await (body === undefined ? objects.remove(key) : objects.put(key, body));
      }
      return dropped;
    });
    all.push(...(await Promise.all(some)).flat());
  }
  return all;
}

function idOf(record: unknown): unknown {
  return typeof record === 'object' && record !== null && 'id' in record ? record.id : undefined;
}
