/** Shard iterators: where a reader goes on, in a text that only we read. */
import * as z from 'zod';

export interface Position {
  readonly stream: string;
  readonly shardId: string;
  /** Count of the first record that is wanted. */
  readonly next: number;
  /** When the iterator was given out, in milliseconds since 1970. */
  readonly at: number;
}

const Content = z.tuple([z.string(), z.string(), z.int().min(0), z.number()]);

/** Returns the position as the text that clients hand back. */
export function iteratorOf({ stream, shardId, next, at }: Position): string {
  return Buffer.from(JSON.stringify([stream, shardId, next, at])).toString('base64');
}

/** Returns the position, or undefined for what is none of our iterators. */
export function readIterator(iterator: string): Position | undefined {
  try {
    const text = Buffer.from(iterator, 'base64').toString();
    const [stream, shardId, next, at] = Content.parse(JSON.parse(text));
    return { stream, shardId, next, at };
  } catch {
    return undefined;
  }
}
