/** Multipart uploads that are under way; they survive a restart too. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../store.ts';
import type { ChecksumAlgorithm, ChecksumType } from './checksums.ts';
import { noSuchUpload } from './errors.ts';

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: string;
  /** Headers of the object to be. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

export interface Part {
  readonly number: number;
  /** Name of its file in the upload's folder. */
  readonly file: string;
  readonly size: number;
  /** Also its ETag. */
  readonly md5: string;
  /** Base64. */
  readonly checksum?: string;
  readonly lastModified: string;
}

export interface Uploads {
  create(facts: Omit<Upload, 'id'>): Upload;
  /** @throws NoSuchUpload if there is none of the id for the key */
  find(key: string, id: string): Upload;
  list(): Upload[];
  /** Returns a name for the file of a part that is to be written. */
  newFile(): string;
  /** Returns the path of a part's file. */
  pathOf(id: string, file: string): string;
  addPart(id: string, part: Part): Promise<void>;
  /** Parts by number, ascending. */
  parts(id: string): Part[];
  /** Forgets an upload that was completed or aborted, and its parts. */
  remove(id: string): Promise<void>;
  close(): void;
}

/** Opens the uploads of a bucket. Lines of the journal are uploads or parts: `id` or `id/number`. */
export function openUploads(folder: string): Uploads {
  const uploads = openStore<Upload>(join(folder, 'uploads.jsonl'));
  const journal = openStore<Part>(join(folder, 'parts.jsonl'));
  const parts = new Map(uploads.keys().map((id) => [id, new Map<number, Part>()]));
  for (const name of journal.keys()) {
    const [id = ''] = name.split('/');
    const part = journal.get(name);
    if (part && parts.has(id)) parts.get(id)?.set(part.number, part);
    else journal.delete(name);
  }
  const folderOf = (id: string): string => join(folder, 'uploads', id);
  mkdirSync(join(folder, 'uploads'), { recursive: true });
  for (const id of readdirSync(join(folder, 'uploads'))) {
    if (!parts.has(id)) rmSync(folderOf(id), { recursive: true, force: true });
  }

  return {
    create(facts) {
      const upload = { ...facts, id: randomUUID() };
      mkdirSync(folderOf(upload.id), { recursive: true });
      parts.set(upload.id, new Map());
      uploads.set(upload.id, upload);
      return upload;
    },
    find(key, id) {
      const upload = uploads.get(id);
      if (upload?.key !== key) throw noSuchUpload(id);
      return upload;
    },
    list: () => uploads.values(),
    newFile: randomUUID,
    pathOf: (id, file) => join(folderOf(id), file),
    async addPart(id, part) {
      const known = parts.get(id);
      if (!known) throw noSuchUpload(id);
      const replaced = known.get(part.number);
      known.set(part.number, part);
      journal.set(`${id}/${part.number}`, part);
      if (replaced) await unlink(join(folderOf(id), replaced.file)).catch(() => {});
    },
    parts: (id) => [...(parts.get(id)?.values() ?? [])].toSorted((a, b) => a.number - b.number),
    async remove(id) {
      for (const number of parts.get(id)?.keys() ?? []) journal.delete(`${id}/${number}`);
      parts.delete(id);
      uploads.delete(id);
      await rm(folderOf(id), { recursive: true, force: true });
    },
    close() {
      uploads.close();
      journal.close();
    },
  };
}
