/** Brings the bytes of a slice to this machine, and no others of its object. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ObjectChangedError, type ObjectStore } from '../aws/objects.ts';
import type { LocalFile } from '../data/dataset.ts';
import { DataError } from '../data/errors.ts';
import { createHollow, markStart } from './parquet-footer.ts';
import type { Slice } from './shards.ts';

/**
 * Fetches a slice into a file of its own that is as long as its object: a row group is where it
 * was, with the footer behind it, and the rest takes no space.
 *
 * @throws {DataError} if the object is not the one that was planned for
 */
export async function fetchSlice(
  store: ObjectStore,
  { key, etag, size, group }: Slice,
  folder: string,
): Promise<LocalFile> {
  const name = createHash('sha256')
    .update(`${key}/${group?.fromRow ?? 0}`)
    .digest('hex');
  const ending =
    key
      .split('/')
      .at(-1)
      ?.replace(/^[^.]*/, '') ?? '';
  const file = join(folder, `${name.slice(0, 16)}${ending}`);
  const parts = group
    ? [
        { file, from: group.from, to: group.to },
        { file, from: group.footer, to: size },
      ]
    : [{ file, from: 0, to: size }];
  try {
    await createHollow(file, size);
    for (const part of parts) {
      // One after the other, since both write the same file.
      // oxlint-disable-next-line no-await-in-loop
      await store.downloadPart({ key, etag }, part);
    }
    if (group) await markStart(file);
  } catch (cause) {
    if (!(cause instanceof ObjectChangedError)) throw cause;
    throw new DataError(
      `object '${key}' was changed or deleted since the job was planned, so nothing is published; ` +
        'start it again for what is there now',
      { cause },
    );
  }
  return { key, path: file, sha256: name };
}
