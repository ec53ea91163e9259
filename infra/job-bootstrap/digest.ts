/** One hash for a folder of code, whether it lies on disk, in a zip or nowhere yet. */
import { createHash } from 'node:crypto';

/** Bytes by path, with `/` between folders. */
export type Files = ReadonlyMap<string, Uint8Array>;

/**
 * Returns the SHA-256 over the sorted list of `<SHA-256 of a file>  <its path>` lines.
 *
 * Of the content and not of the zip, because CDK zips only when it publishes: at synthesis the zip
 * does not exist, and its bytes depend on the zlib of the machine that makes it.
 */
export function digestOf(files: Files): string {
  const lines = [...files.keys()].toSorted().map((path) => {
    const content = files.get(path) ?? new Uint8Array();
    return `${createHash('sha256').update(content).digest('hex')}  ${path}\n`;
  });
  return createHash('sha256').update(lines.join('')).digest('hex');
}
