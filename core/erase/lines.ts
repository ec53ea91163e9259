/** Objects of JSON lines, plain or gzip, and what is left of them without some lines. */
import { gunzipSync, gzipSync } from 'node:zlib';

export interface Thinned {
  readonly dropped: readonly unknown[];
  /** Undefined where no line is left. */
  readonly body?: Uint8Array;
}

/**
 * Takes out the lines that `drops` wants out; the others stay to the byte. What is no JSON stays,
 * since nobody can tell whom it is about.
 */
export function withoutLines(
  key: string,
  bytes: Uint8Array,
  drops: (record: unknown) => boolean,
): Thinned {
  const packed = key.endsWith('.gz');
  const text = Buffer.from(packed ? gunzipSync(bytes) : bytes).toString();
  const dropped: unknown[] = [];
  const kept = text.split('\n').filter((line) => {
    const record = parsed(line);
    const goes = record !== undefined && drops(record);
    if (goes) dropped.push(record);
    return !goes;
  });
  if (kept.every((line) => line === '')) return { dropped };
  const body = kept.join('\n');
  return { dropped, body: packed ? gzipSync(body) : Buffer.from(body) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
