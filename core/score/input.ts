/** What a job scores: one object, a prefix, or one day's partition of the model's dataset. */
import { createHash } from 'node:crypto';
import type { ObjectStore, StoredObject } from '../aws/objects.ts';
import { listDataset } from '../data/dataset.ts';
import { DataError } from '../data/errors.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { layout } from '../model/layout.ts';

export interface Input {
  /** Below `datasets/<model>/`, without a slash at its end; 'dt=2001-05-02' for a day. */
  readonly name: string;
  /** In key order. */
  readonly objects: readonly StoredObject[];
  /** Of keys, sizes and ETags: another one when anything was written. */
  readonly fingerprint: string;
}

/**
 * Lists what there is to score. A name that is no object's is a folder: 'dt=2001-05-0' does not
 * stand for nine days.
 *
 * @throws {DataError} if the name leaves the dataset
 */
export async function listInput(
  objects: ObjectStore,
  definition: Pick<ModelDefinition, 'name' | 'data'>,
  input: string,
): Promise<Input> {
  const name = input.replace(/\/+$/, '');
  if (name.startsWith('/') || name.split('/').includes('..')) {
    throw new DataError(
      `input '${input}' must be an object or folder below '${layout.datasets(definition.name)}', ` +
        "for example 'dt=2001-05-02'",
    );
  }
  const place = layout.datasets(definition.name) + name;
  const listed = await listDataset(objects, definition);
  const found = listed
    .filter(({ key }) => name === '' || key === place || key.startsWith(`${place}/`))
    .map(({ key, size, etag }) => ({ key, size, etag }));
  return { name, objects: found, fingerprint: fingerprintOf(found) };
}

function fingerprintOf(objects: readonly StoredObject[]): string {
  const hash = createHash('sha256');
  for (const { key, size, etag } of objects) hash.update(`${etag} ${size} ${key}\n`);
  return hash.digest('hex');
}

/** The folders of an object below its dataset, such as 'dt=2001-05-02/region=eu'; may be empty. */
export function partitionOf(model: string, key: string): string {
  return key.slice(layout.datasets(model).length).split('/').slice(0, -1).join('/');
}
