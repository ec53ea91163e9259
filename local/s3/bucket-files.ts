/**
 * Where the bytes of a bucket lie: in `objects/` under the object's own key, so that a person
 * can look at them. What cannot be there lies in `versions/` under a name of its own: keys that
 * are no file names, keys that are also a folder, and content that replaces what is being read.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { link, mkdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

export interface BucketFiles {
  /** Returns the path for a body that is still being written. */
  incoming(): string;
  /** Moves a written body to where it stays; returns its place, relative to the bucket. */
  place(path: string, key: string): Promise<string>;
  pathOf(place: string): string;
  remove(place: string): Promise<void>;
}

/** File systems allow 255 bytes. */
const LONGEST_NAME_BYTES = 255;

/**
 * Opens the folders of a bucket and drops what a killed region left half-written in them.
 *
 * @param inUse the places that objects refer to; undefined if that is not known
 */
export function openBucketFiles(
  folder: string,
  inUse: ReadonlySet<string> | undefined,
): BucketFiles {
  const path = (place: string): string => join(folder, place);
  rmSync(path('incoming'), { recursive: true, force: true });
  for (const name of ['incoming', 'objects', 'versions']) {
    mkdirSync(path(name), { recursive: true });
  }
  if (inUse) sweep(folder, inUse);

  return {
    incoming: () => path(join('incoming', randomUUID())),
    pathOf: path,

    async place(from, key) {
      if (isFileName(key)) {
        const own = join('objects', key);
        try {
          await mkdir(dirname(path(own)), { recursive: true });
          // Unlike a rename, a link never replaces a file.
          await link(from, path(own));
          await unlink(from);
          return own;
        } catch {
          // The name is taken, or this file system has no room for it.
        }
      }
      const version = join('versions', randomUUID());
      await rename(from, path(version));
      return version;
    },

    async remove(place) {
      await unlink(path(place)).catch(() => {});
      for (let parent = dirname(place); parent.includes('/'); parent = dirname(parent)) {
        try {
          await rmdir(path(parent));
        } catch {
          return;
        }
      }
    },
  };
}

/** Tells whether a key, taken as a path, names a file inside the folder and only one. */
function isFileName(key: string): boolean {
  return key.split('/').every(
    (name) =>
      name !== '' &&
      name !== '.' &&
      name !== '..' &&
      // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
      !/[\u0000-\u001f\u007f\\]/.test(name) &&
      Buffer.byteLength(name) <= LONGEST_NAME_BYTES,
  );
}

/** Removes bodies that no object refers to: their writer was killed before it was done. */
function sweep(folder: string, inUse: ReadonlySet<string>): void {
  for (const name of ['objects', 'versions']) {
    const files = readdirSync(join(folder, name), { recursive: true, withFileTypes: true });
    for (const file of files) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      if (!inUse.has(relative(folder, path))) unlinkSync(path);
    }
  }
}
