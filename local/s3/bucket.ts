/** One bucket: an index of its objects, and the files with their bytes. */
import { type FileHandle, open } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../store.ts';
import type { BodyFile } from './body-file.ts';
import { type BucketFiles, openBucketFiles } from './bucket-files.ts';
import type { Checksum } from './checksums.ts';
import { noSuchKey } from './errors.ts';
import { createKeyList, type KeyList } from './key-list.ts';
import { openUploads, type Uploads } from './uploads.ts';

/** What the index knows of an object. */
export interface StoredObject {
  /** Place of its bytes, relative to the bucket's folder. */
  readonly file: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Whole seconds, as S3 keeps it. */
  readonly lastModified: string;
  /** Headers that a reader gets back: content type, user metadata ... */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  /** Sizes of the parts, if it was uploaded in parts. */
  readonly partSizes?: readonly number[];
}

/** Throws if what is there now forbids the change. */
export type Precondition = (current: StoredObject | undefined) => void;

export interface Bucket {
  readonly name: string;
  readonly keys: KeyList;
  readonly files: BucketFiles;
  readonly uploads: Uploads;
  find(key: string): StoredObject | undefined;
  /** Opens an object for reading; later changes of the key do not touch what is read. */
  open(key: string): Promise<{ object: StoredObject; handle: FileHandle }>;
  /** Makes a written body the object of the key, all at once, if the precondition holds. */
  put(
    key: string,
    body: BodyFile,
    facts: Omit<StoredObject, 'file' | 'size'>,
    precondition: Precondition,
  ): Promise<StoredObject>;
  remove(key: string, precondition: Precondition): Promise<void>;
  close(): void;
}

/** Told of each object that was put in place. */
export type ObjectCreated = (bucket: string, key: string, object: StoredObject) => void;

/** Opens a bucket's folder as the last region left it, however that ended. */
export function openBucket(
  folder: string,
  name: string,
  onCreated: ObjectCreated = () => undefined,
): Bucket {
  const indexFile = join(folder, 'index.jsonl');
  // Without an index nobody knows which files are objects, so none may be swept away.
  const hadIndex = existsSync(indexFile);
  const index = openStore<StoredObject>(indexFile);
  const inUse = new Set(index.values().map(({ file }) => file));
  const files = openBucketFiles(folder, hadIndex ? inUse : undefined);
  const uploads = openUploads(folder);
  const keys = createKeyList(index.keys());

  return {
    name,
    keys,
    files,
    uploads,
    find: (key) => index.get(key),

    async open(key) {
      for (;;) {
        const object = index.get(key);
        if (!object) throw noSuchKey(key);
        const handle = await open(files.pathOf(object.file)).catch((cause: unknown) => {
          if (index.get(key) === object) throw cause;
        });
        // Replaced while it was being opened: the file may be the new one, or gone.
        if (handle && index.get(key) === object) return { object, handle };
        await handle?.close();
      }
    },

    async put(key, body, facts, precondition) {
      const file = await files.place(body.path, key);
      // Nothing waits from the check to the line in the index, so of many writers one wins.
      const replaced = index.get(key);
      try {
        precondition(replaced);
      } catch (cause) {
        await files.remove(file);
        throw cause;
      }
      const object = { ...facts, file, size: body.size };
      index.set(key, object);
      keys.add(key);
      onCreated(name, key, object);
      if (replaced) await files.remove(replaced.file);
      return object;
    },

    async remove(key, precondition) {
      const current = index.get(key);
      precondition(current);
      if (!current) return;
      index.delete(key);
      keys.remove(key);
      await files.remove(current.file);
    },

    close() {
      index.close();
      uploads.close();
    },
  };
}
