/**
 * The records of one stream. What was put is in a file before the put returns, so that a kill loses
 * nothing; the newest stay in memory as well, since most readers keep up.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, type BlockPlace, Segment } from './segment.ts';

export interface KeptRecord {
  readonly key: string;
  /** Base 64. */
  readonly data: string;
}

export interface RecordBlock extends Block {
  readonly records: readonly KeptRecord[];
}

export interface RecordLogOptions {
  /** A folder of the stream's own. */
  readonly folder: string;
  /** So much of the newest records stays in memory. @default 16 MiB */
  readonly memoryBytes?: number;
  /** A file is about that long; it goes when all records in it are too old. @default 64 MiB */
  readonly segmentBytes?: number;
}

/** A block, where it is, and its records while they are in memory. */
interface StoredBlock extends Block {
  readonly segment: Segment;
  readonly place: BlockPlace;
  records: readonly KeptRecord[] | undefined;
}

export class RecordLog {
  readonly #options: Required<RecordLogOptions>;
  readonly #segments: Segment[] = [];
  readonly #blocks = new Map<string, StoredBlock[]>();
  /** Oldest first. */
  readonly #inMemory = new Set<StoredBlock>();
  #bytesInMemory = 0;
  #next = 0;

  constructor(options: RecordLogOptions) {
    this.#options = { memoryBytes: 16 * 2 ** 20, segmentBytes: 64 * 2 ** 20, ...options };
    mkdirSync(options.folder, { recursive: true });
    for (const name of readdirSync(options.folder).toSorted()) this.#open(name);
  }

  /** One more than the count of the newest record. */
  get next(): number {
    return this.#next;
  }

  /** Keeps blocks, in the order of their counts; all of them or, where that fails, none. */
  append(blocks: readonly RecordBlock[]): void {
    const [oldest] = blocks;
    if (oldest === undefined) return;
    const segment = this.#writable(oldest.first);
    const places = segment.append(blocks.map((block) => [block, JSON.stringify(block.records)]));
    for (const [index, place] of places.entries()) {
      const stored = { ...blocks[index]!, segment, place };
      this.#add(stored);
      this.#inMemory.add(stored);
      this.#bytesInMemory += place.bytes;
    }
    this.#forgetOldest();
  }

  /**
   * Finds the blocks of a shard with records of a count and above, that arrived at a time or later.
   *
   * @yields them with their records, oldest first
   */
  *from(shardId: string, count: number, oldestAt: number): Generator<RecordBlock> {
    const blocks = this.#blocks.get(shardId) ?? [];
    const isWanted = (block: Block): boolean =>
      block.first + block.count > count && block.at >= oldestAt;
    for (let index = firstWhere(blocks, isWanted); index < blocks.length; index += 1) {
      const block = blocks[index]!;
      yield { ...block, records: block.records ?? JSON.parse(block.segment.read(block.place)) };
    }
  }

  /** Returns the count of a shard's first record that arrived at a time or later. */
  firstSince(shardId: string, time: number): number | undefined {
    const blocks = this.#blocks.get(shardId) ?? [];
    return blocks[firstWhere(blocks, ({ at }) => at >= time)]?.first;
  }

  /** Deletes the files of which all records arrived before a time; never the newest one. */
  trim(time: number): void {
    for (;;) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || oldest.newestAt >= time) return;
      for (const blocks of this.#blocks.values()) {
        const kept = firstWhere(blocks, ({ segment }) => segment !== oldest);
        for (const block of blocks.splice(0, kept)) this.#forget(block);
      }
      oldest.remove();
      this.#segments.shift();
    }
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
  }

  #open(name: string): Segment {
    const found: [Block, BlockPlace][] = [];
    const file = join(this.#options.folder, name);
    const segment = new Segment(file, (...block) => found.push(block));
    for (const [block, place] of found) {
      this.#add({ ...block, segment, place, records: undefined });
    }
    this.#segments.push(segment);
    return segment;
  }

  /** Returns the newest file, or a new one where that is full. */
  #writable(first: number): Segment {
    const newest = this.#segments.at(-1);
    if (newest !== undefined && newest.bytes < this.#options.segmentBytes) return newest;
    return this.#open(`${String(first).padStart(16, '0')}.jsonl`);
  }

  #add(block: StoredBlock): void {
    const blocks = this.#blocks.get(block.shardId);
    if (blocks === undefined) this.#blocks.set(block.shardId, [block]);
    else blocks.push(block);
    this.#next = block.first + block.count;
  }

  #forgetOldest(): void {
    for (const block of this.#inMemory) {
      if (this.#bytesInMemory <= this.#options.memoryBytes) return;
      this.#forget(block);
    }
  }

  #forget(block: StoredBlock): void {
    block.records = undefined;
    if (this.#inMemory.delete(block)) this.#bytesInMemory -= block.place.bytes;
  }
}

/** Returns the place of the first item for which something holds, in a list where it holds from there on. */
function firstWhere<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
