/** What kinesalite puts into a shard iterator. */
import { createDecipheriv } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

interface Keys {
  readonly ITERATOR_PWD_KEY: Buffer;
  readonly ITERATOR_PWD_IV: Buffer;
}

/** Bytes before the cipher text. */
const HEADER_BYTES = 8;

/** Returns the name of the stream that an iterator belongs to, or undefined if it is none of ours. */
export function streamOfIterator(iterator: string): string | undefined {
  const keys: Keys = require('kinesalite/db/index.js');
  try {
    const decipher = createDecipheriv('aes-256-cbc', keys.ITERATOR_PWD_KEY, keys.ITERATOR_PWD_IV);
    const cipherText = Buffer.from(iterator, 'base64').subarray(HEADER_BYTES);
    const text = Buffer.concat([decipher.update(cipherText), decipher.final()]).toString('utf8');
    return text.split('/')[1];
  } catch {
    return undefined;
  }
}
