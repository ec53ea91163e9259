/** Objects as files of a folder, for processes of one machine. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ObjectStore } from '../../core/aws/objects.ts';

export function folderObjects(root: string): ObjectStore {
  const pathOf = async (key: string): Promise<string> => {
    const path = join(root, key);
    await mkdir(dirname(path), { recursive: true });
    return path;
  };
  return {
    get: async (key) => new Uint8Array(await readFile(join(root, key))),
    put: async (key, body) => writeFile(await pathOf(key), body),
    putIfAbsent: async (key, body) => {
      try {
        await writeFile(await pathOf(key), body, { flag: 'wx' });
        return true;
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
        throw cause;
      }
    },
    list: async (prefix) => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const keys = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
        .filter((key) => key.startsWith(prefix))
        .toSorted();
      return Promise.all(
        keys.map(async (key) => {
          const { size, mtimeMs } = await stat(join(root, key));
          const etag = createHash('md5').update(`${size} ${mtimeMs}`).digest('hex');
          return { key, size, etag };
        }),
      );
    },
    download: (key, file) => copyFile(join(root, key), file),
    downloadPart: async ({ key }, { file, from, to }) => {
      await (await open(file, 'a')).close();
      await pipeline(
        createReadStream(join(root, key), { start: from, end: to - 1 }),
        createWriteStream(file, { flags: 'r+', start: from }),
      );
    },
    upload: async (file, key) => copyFile(file, await pathOf(key)),
    remove: async (key) => rm(join(root, key), { force: true }),
  };
}
