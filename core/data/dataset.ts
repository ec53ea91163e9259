/** Which objects a model's data lies in, and bringing them to this machine. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ObjectStore, StoredObject } from '../aws/objects.ts';
import type { ModelDefinition } from '../model/definition.ts';
import { layout } from '../model/layout.ts';
import { DataError } from './errors.ts';

/** How files of each format end. */
export const DATA_ENDINGS: Readonly<Record<ModelDefinition['data']['format'], RegExp>> = {
  parquet: /\.parquet$/,
  csv: /\.csv(\.gz)?$/,
  json: /\.(json|jsonl|ndjson)(\.gz)?$/,
};

export interface DatasetObject extends StoredObject {
  /** Of the partition `dt=YYYY-MM-DD` that it lies in; without one it may hold any time. */
  readonly day?: string;
}

export interface LocalFile {
  readonly key: string;
  readonly path: string;
  /** Of the bytes, in hex. */
  readonly sha256: string;
}

/** Lists a model's data objects, those of the declared format, in key order. */
export async function listDataset(
  store: ObjectStore,
  { name, data }: Pick<ModelDefinition, 'name' | 'data'>,
): Promise<DatasetObject[]> {
  const listed = await store.list(layout.datasets(name));
  return listed
    .filter(({ key, size }) => size > 0 && DATA_ENDINGS[data.format].test(key))
    .map(withDay);
}

function withDay(object: StoredObject): DatasetObject {
  const day = /\/dt=(\d{4}-\d{2}-\d{2})\//.exec(object.key)?.[1];
  return day === undefined ? object : { ...object, day };
}

/**
 * Those of the objects that may hold rows of the newest `days` days up to `to`. Partitions are
 * taken a day wider at both ends, since their names need not be in UTC; the rows' own times decide.
 *
 * @throws {DataError} if there are none
 */
export function newestDays(
  objects: readonly DatasetObject[],
  { to, days }: { readonly to: Date; readonly days: number },
): DatasetObject[] {
  const chosen = choose(objects, to, days);
  if (chosen.length > 0) return chosen;
  const partitions = objects.flatMap(({ day }) => day ?? []).toSorted();
  throw new DataError(
    `there is no data from before ${to.toISOString()} (` +
      (partitions.length > 0
        ? `partitions: ${partitions[0]} to ${partitions.at(-1)}`
        : 'the dataset is empty') +
      "); put files of the declared format at 'datasets/<model>/dt=<day>/', or take a later as-of",
  );
}

function choose(objects: readonly DatasetObject[], to: Date, days: number): DatasetObject[] {
  const last = shift(to.toISOString(), 1);
  const known = objects.flatMap(({ day }) => (day !== undefined && day <= last ? [day] : []));
  const newest = known.reduce((latest, day) => (day > latest ? day : latest), '');
  if (newest === '') return objects.filter(({ day }) => day === undefined);
  // One day more: all rows of the newest partition may be from after `to`.
  const first = shift(newest, -(days + 2));
  return objects.filter(({ day }) => day === undefined || (day >= first && day <= last));
}

function shift(day: string, days: number): string {
  return new Date(Date.parse(day.slice(0, 10)) + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * Downloads objects, eight at a time, to files below `folder` that are named by their keys.
 *
 * @throws {DataError} if a key would leave the folder
 */
export async function downloadAll(
  store: ObjectStore,
  objects: readonly StoredObject[],
  folder: string,
): Promise<LocalFile[]> {
  const files: LocalFile[] = Array.from({ length: objects.length });
  const queue = objects.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { key }] of queue) {
      const path = pathOf(folder, key);
      await mkdir(dirname(path), { recursive: true });
      await store.download(key, path);
      files[index] = { key, path, sha256: await sha256Of(path) };
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return files;
}

function pathOf(folder: string, key: string): string {
  const path = join(folder, key);
  if (!path.startsWith(normalize(`${folder}/`)) || path !== `${normalize(folder)}/${key}`) {
    throw new DataError(
      `object '${key}' has a key that is no file path; rename it without '..' and '//'`,
    );
  }
  return path;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** One SHA-256, in hex, over every object's key and content: same data, same fingerprint. */
export function fingerprintOf(files: readonly Pick<LocalFile, 'key' | 'sha256'>[]): string {
  const lines = files.map(({ key, sha256 }) => `${sha256}  ${key}\n`).toSorted();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
