/** Writing and reading the bytes of objects. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { type ChecksumAlgorithm, createDigest } from './checksums.ts';

export interface BodyFile {
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  /** Base64, of the algorithm that was asked for. */
  readonly checksum?: string;
  /** Hexadecimal; only if asked for. */
  readonly sha256?: string;
}

export interface WantedDigests {
  readonly algorithm?: ChecksumAlgorithm | undefined;
  readonly sha256?: boolean;
}

/**
 * Writes a new file from a stream and returns what it holds once it is on disk. If the stream
 * fails the file is removed.
 */
export async function writeBodyFile(
  path: string,
  source: AsyncIterable<Buffer>,
  wanted: WantedDigests = {},
): Promise<BodyFile> {
  const md5 = createHash('md5');
  const sha256 = wanted.sha256 === true ? createHash('sha256') : undefined;
  const digest = wanted.algorithm && createDigest(wanted.algorithm);
  let size = 0;

  const file = await open(path, 'wx');
  try {
    for await (const chunk of source) {
      size += chunk.length;
      md5.update(chunk);
      sha256?.update(chunk);
      digest?.update(chunk);
      await file.appendFile(chunk);
    }
    await file.datasync();
  } catch (cause) {
    await unlink(path);
    throw cause;
  } finally {
    await file.close();
  }
  return {
    path,
    size,
    md5: md5.digest('hex'),
    ...(digest && { checksum: await digest.finish() }),
    ...(sha256 && { sha256: sha256.digest('hex') }),
  };
}

/**
 * Reads files one after the other.
 *
 * @yields their content
 */
export async function* readFiles(paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path, { highWaterMark: 2 ** 20 });
}
