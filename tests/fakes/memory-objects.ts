/** An object store in memory, which behaves as S3 does. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import {
  ObjectChangedError,
  ObjectNotFoundError,
  type ObjectStore,
} from '../../core/aws/objects.ts';

export interface MemoryObjects extends ObjectStore {
  /** Every object, for a test to look at or to spoil. */
  readonly objects: Map<string, Buffer>;
}

export function memoryObjects(): MemoryObjects {
  const objects = new Map<string, Buffer>();
  const find = (key: string): Buffer => {
    const body = objects.get(key);
    if (!body) throw new ObjectNotFoundError(key);
    return body;
  };
  return {
    objects,
    get: async (key) => new Uint8Array(find(key)),
    put: async (key, body) => {
      objects.set(key, bytesOf(body));
    },
    putIfAbsent: async (key, body) => {
      if (objects.has(key)) return false;
      objects.set(key, bytesOf(body));
      return true;
    },
    remove: async (key) => {
      objects.delete(key);
    },
    list: async (prefix) =>
      [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map(([key, body]) => ({ key, size: body.length, etag: etagOf(body) })),
    download: async (key, file) => writeFile(file, find(key)),
    downloadPart: async ({ key, etag }, { file, from, to }) => {
      const body = objects.get(key);
      if (!body || etagOf(body) !== etag) throw new ObjectChangedError(key);
      const handle = await open(file, constants.O_CREAT | constants.O_RDWR);
      await handle.write(body, from, Math.min(to, body.length) - from, from);
      await handle.close();
    },
    upload: async (file, key) => {
      objects.set(key, await readFile(file));
    },
  };
}

function bytesOf(body: Uint8Array | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
