/** Gathers the records of one shard into what goes to the function next. */
import type { Clock } from '../clock.ts';
import type { Bell } from './bell.ts';
import { countThatFit } from './kinesis-event.ts';
import type { EventStream, StreamRecord } from './stream.ts';

/** Lambda's limit for one event, less the event's own frame. */
const MOST_BYTES = 6 * 2 ** 20 - 1000;
/** Reading costs the same for a few records as for some hundreds. */
const READ_AHEAD = 1000;

export interface ShardReaderOptions {
  readonly stream: EventStream;
  readonly streamArn: string;
  readonly shardId: string;
  /** The last record that is done with. */
  readonly after: string | undefined;
  /** Records that came before are skipped. */
  readonly from: Date | undefined;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly pollMs: number;
  readonly arrival: Bell;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Whether the stream has said that no more records will come to the shard. */
  readonly closed: () => boolean;
}

/**
 * Reads a shard in batches: full ones, and smaller ones when the window has passed since the first
 * record of a batch was read, or when the shard has ended.
 *
 * @yields one batch after the other, until the shard ends or the signal says so
 */
export async function* readBatches(options: ShardReaderOptions): AsyncGenerator<StreamRecord[]> {
  const { arrival, batchSize } = options;
  const buffer: StreamRecord[] = [];
  let { after } = options;
  let hasPassed = ALWAYS;

  while (!options.signal.aborted) {
    const page = buffer.length < batchSize ? await readPage(options, after) : NOTHING;
    if (buffer.length === 0 && page.records.length > 0) {
      hasPassed = openWindow(options);
    }
    buffer.push(...page.records);
    after = page.last ?? after;

    const count = countReady(buffer, batchSize, page.ended || hasPassed());
    if (count > 0) {
      arrival.rest();
      yield buffer.splice(0, count);
      arrival.work();
    } else if (page.ended) return;
    else if (!page.skipped) await arrival.wait(options.pollMs);
  }
}

const ALWAYS = (): boolean => true;

/** Begins to count a window; the result tells whether it has passed, which rings the bell. */
function openWindow({ clock, windowMs, arrival }: ShardReaderOptions): () => boolean {
  let passed = windowMs === 0;
  if (!passed) {
    clock.at(new Date(clock.now().getTime() + windowMs), () => {
      passed = true;
      arrival.ring();
    });
  }
  return () => passed;
}

interface Page {
  readonly records: readonly StreamRecord[];
  readonly last: string | undefined;
  /** No more will come. */
  readonly ended: boolean;
  /** There were records, but all too old to be wanted. */
  readonly skipped: boolean;
}

const NOTHING: Page = { records: [], last: undefined, ended: false, skipped: false };

async function readPage(options: ShardReaderOptions, after: string | undefined): Promise<Page> {
  // Asked before the read: what came between would be missed otherwise.
  const closed = options.closed();
  const limit = Math.min(10_000, Math.max(options.batchSize, READ_AHEAD));
  const read = await options.stream.read(options.streamArn, options.shardId, after, limit);
  const from = options.from?.getTime() ?? -Infinity;
  const records = read.filter(({ arrivedAt }) => arrivedAt.getTime() >= from);
  return {
    records,
    last: read.at(-1)?.sequenceNumber,
    ended: closed && read.length === 0,
    skipped: read.length > 0 && records.length === 0,
  };
}

/** Returns how many records go to the function now; none if more should come first. */
function countReady(buffer: readonly StreamRecord[], batchSize: number, due: boolean): number {
  const count = countThatFit(buffer, batchSize, MOST_BYTES);
  const full = count === batchSize || count < buffer.length;
  return full || due ? count : 0;
}
