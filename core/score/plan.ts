/** What a scoring job will do, written down before it is done. */
import { join } from 'node:path';
import type { ObjectStore, StoredObject } from '../aws/objects.ts';
import type { DuckDBConnection } from '../data/duckdb.ts';
import { DataError } from '../data/errors.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { type Input, partitionOf } from './input.ts';
import { batchKeys } from './keys.ts';
import { readFooter } from './parquet-footer.ts';
import { divide, slicesOf, type Shard, type Slice } from './shards.ts';

export interface ScorePlan {
  readonly model: string;
  readonly version: number;
  readonly job: string;
  readonly input: string;
  readonly fingerprint: string;
  readonly objects: readonly StoredObject[];
  /** Rows in Parquet objects; those of text files are not known yet. */
  readonly rows: number;
  readonly shards: readonly Shard[];
}

export interface PlanRequest {
  readonly definition: Pick<ModelDefinition, 'name' | 'data' | 'rolling'>;
  readonly input: Input;
  readonly version: number;
  readonly job: string;
  readonly rowsPerShard: number;
}

/** Text files have no row groups; a shard takes as many as fit, and at least one. */
const BYTES_PER_SHARD = 256 * 1024 * 1024;

/** Footers that are fetched at the same time. */
const FETCHED_AT_ONCE = 16;

/**
 * Returns the plan of a job: the one that was written first, if there is one. It costs one small
 * read an object, whatever the object's size.
 *
 * @throws {DataError} naming an object that is not of the declared format, or the rolling features
 * of the model, which a shard cannot compute
 */
export async function planJob(
  connection: DuckDBConnection,
  store: ObjectStore,
  request: PlanRequest,
  scratch: string,
): Promise<ScorePlan> {
  const { definition, input, version, job, rowsPerShard } = request;
  const computed = Object.keys(definition.rolling);
  if (computed.length > 0) {
    throw new DataError(
      `batches cannot compute the rolling features ${computed.join(', ')}, since a shard sees no ` +
        'history; send the rows as events',
    );
  }
  const key = batchKeys(definition.name).plan(job);
  const slices = await sliceAll(connection, store, request, scratch);
  const plan: ScorePlan = {
    model: definition.name,
    version,
    job,
    input: input.name,
    fingerprint: input.fingerprint,
    objects: input.objects,
    rows: slices.reduce((sum, { group }) => sum + (group?.rows ?? 0), 0),
    shards: divide(slices, { rows: rowsPerShard, bytes: BYTES_PER_SHARD }),
  };
  await store.putIfAbsent(key, JSON.stringify(plan), 'application/json');
  return readPlan(store, definition.name, job);
}

export async function readPlan(store: ObjectStore, model: string, job: string): Promise<ScorePlan> {
  const body = await store.get(batchKeys(model).plan(job));
  const plan: ScorePlan = JSON.parse(new TextDecoder().decode(body));
  return plan;
}

async function sliceAll(
  connection: DuckDBConnection,
  store: ObjectStore,
  { definition, input }: PlanRequest,
  scratch: string,
): Promise<Slice[]> {
  const slices: Slice[][] = Array.from({ length: input.objects.length });
  const queue = input.objects.entries();
  const worker = async (): Promise<void> => {
    for (const [at, object] of queue) {
      const partition = partitionOf(definition.name, object.key);
      slices[at] =
        definition.data.format === 'parquet'
          ? slicesOf(
              object,
              partition,
              await readFooter(connection, store, object, join(scratch, `footer-${at}.parquet`)),
            )
          : [{ ...object, partition }];
    }
  };
  await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, worker));
  return slices.flat();
}
