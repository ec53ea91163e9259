/** Reads a zip file; the stock image of a job has Node and nothing else. */
import { inflateRawSync } from 'node:zlib';
import type { Files } from './digest.ts';

// Signatures and offsets: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_BYTES = 22;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * Returns the files in a zip. Sizes come from the central directory, since a zip that was written
 * as a stream has none in its local headers.
 *
 * @throws {Error} if it is no zip, or one with encryption, zip64 or a compression other than deflate
 */
export function unzip(zip: Buffer): Files {
  const end = endOfDirectory(zip);
  const count = zip.readUInt16LE(end + 10);
  const files = new Map<string, Uint8Array>();
  let entry = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(entry) !== DIRECTORY_ENTRY) {
      throw new Error(`zip has no directory entry at byte ${entry}; is it whole?`);
    }
    const nameBytes = zip.readUInt16LE(entry + 28);
    const path = zip.toString(
      'utf8',
      entry + DIRECTORY_ENTRY_BYTES,
      entry + DIRECTORY_ENTRY_BYTES + nameBytes,
    );
    if (!path.endsWith('/')) files.set(path, contentOf(zip, entry, path));
    entry +=
      DIRECTORY_ENTRY_BYTES +
      nameBytes +
      zip.readUInt16LE(entry + 30) +
      zip.readUInt16LE(entry + 32);
  }
  return files;
}

function endOfDirectory(zip: Buffer): number {
  // A comment of unknown length may follow the record, so it is looked for from behind.
  for (let at = zip.length - END_OF_DIRECTORY_BYTES; at >= 0; at--) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error(`${zip.length} bytes are not a zip: they have no central directory`);
}

function contentOf(zip: Buffer, entry: number, path: string): Uint8Array {
  const method = zip.readUInt16LE(entry + 10);
  const size = zip.readUInt32LE(entry + 20);
  const header = zip.readUInt32LE(entry + 42);
  const start =
    header + LOCAL_HEADER_BYTES + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const packed = zip.subarray(start, start + size);
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed);
  throw new Error(`'${path}' in the zip has compression method ${method}, expected 0 or 8`);
}
