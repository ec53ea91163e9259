/** One stream: its shards and what is in them. */
import { equalRanges, type HashRange, hashKeyOf } from './hash-range.ts';
import type { KeptRecord, RecordBlock, RecordLog } from './record-log.ts';
import { type SequenceNumbers, sequenceNumbersOf } from './sequence-numbers.ts';

export interface Shard {
  readonly id: string;
  /** The shards it came from by a split or a merge. */
  readonly parentIds: readonly string[];
  readonly keys: HashRange;
  /** Counts of its first and, once it is closed, of its last sequence number; no record has them. */
  readonly first: number;
  readonly last?: number;
  /** In milliseconds since 1970. */
  readonly openedAt: number;
  readonly closedAt?: number;
}

/** What is kept of a stream besides its records. */
export interface StreamState {
  readonly name: string;
  readonly createdAt: number;
  readonly mode: 'PROVISIONED' | 'ON_DEMAND';
  readonly retentionHours: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Key that encrypts it on AWS. @default it is not encrypted */
  readonly kmsKey?: string | undefined;
  /** In the order in which they were opened; none is ever left out. */
  readonly shards: readonly Shard[];
}

export interface PutRecord extends KeptRecord {
  /** Where it is to go, whatever its partition key. */
  readonly hashKey?: string | undefined;
}

export interface PlacedRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

export interface ReadRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Base 64. */
  readonly data: string;
  readonly arrivedAt: Date;
}

export interface Page {
  readonly records: readonly ReadRecord[];
  /** Count of the record to go on with. */
  readonly next: number;
  /** How old the next record is; 0 if there is none. */
  readonly behindMs: number;
}

export interface Limits {
  readonly records: number;
  readonly bytes: number;
}

export interface StreamOptions {
  readonly log: RecordLog;
  readonly now: () => number;
  /** Keeps a changed state. */
  readonly save: (state: StreamState) => void;
}

const HOUR_MS = 3_600_000;

export class Stream {
  readonly numbers: SequenceNumbers;
  readonly #options: StreamOptions;
  #state: StreamState;
  /** The count that is given out next. */
  #next: number;
  #newestAt = -Infinity;

  constructor(state: StreamState, options: StreamOptions) {
    this.#state = state;
    this.#options = options;
    this.numbers = sequenceNumbersOf(state.createdAt);
    const counts = state.shards.map(({ first, last = first }) => last + 1);
    this.#next = Math.max(options.log.next, ...counts);
  }

  get state(): StreamState {
    return this.#state;
  }

  get next(): number {
    return this.#next;
  }

  /** All shards but those that closed so long ago that nothing can be in them. */
  get shards(): Shard[] {
    const oldest = this.#oldestAt();
    return this.#state.shards.filter(({ closedAt = Infinity }) => closedAt >= oldest);
  }

  get openShards(): Shard[] {
    return this.#state.shards.filter(({ last }) => last === undefined);
  }

  /** Changes what is kept of the stream. */
  update(changes: Partial<Omit<StreamState, 'name' | 'createdAt'>>): void {
    this.#state = { ...this.#state, ...changes };
    this.#options.save(this.#state);
  }

  /** Puts records, in order, and says where they are. */
  put(records: readonly PutRecord[]): PlacedRecord[] {
    const open = this.openShards;
    const placed: PlacedRecord[] = Array.from({ length: records.length });
    const shardIds = records.map(({ key, hashKey = hashKeyOf(key) }) => shardOf(hashKey, open).id);
    const at = this.#arrival();
    const blocks: RecordBlock[] = [];
    let next = this.#next;
    for (const shardId of new Set(shardIds)) {
      const first = next;
      const own: KeptRecord[] = [];
      for (const [index, { key, data }] of records.entries()) {
        if (shardIds[index] !== shardId) continue;
        own.push({ key, data });
        placed[index] = { shardId, sequenceNumber: this.numbers.write(next) };
        next += 1;
      }
      blocks.push({ shardId, first, count: own.length, at, records: own });
    }
    this.#options.log.trim(this.#oldestAt());
    this.#options.log.append(blocks);
    this.#next = next;
    return placed;
  }

  /** Reads a shard from a count on; a single record may be larger than the limit. */
  read({ id, last = Infinity }: Shard, from: number, limits: Limits): Page {
    const records: ReadRecord[] = [];
    let bytes = 0;
    for (const block of this.#options.log.from(id, from, this.#oldestAt())) {
      const arrivedAt = new Date(block.at);
      for (let index = Math.max(0, from - block.first); index < block.count; index += 1) {
        const record = block.records[index]!;
        const count = block.first + index;
        bytes += sizeOf(record);
        const full = records.length === limits.records || bytes > limits.bytes;
        if (full && records.length > 0) {
          return { records, next: count, behindMs: Math.max(0, this.#options.now() - block.at) };
        }
        const { key: partitionKey, data } = record;
        const sequenceNumber = this.numbers.write(count);
        records.push({ sequenceNumber, partitionKey, data, arrivedAt });
      }
    }
    return { records, next: Math.min(this.#next, last), behindMs: 0 };
  }

  /** Returns the count of a shard's first record that arrived at a time or later; else that of the next to come. */
  firstSince({ id }: Shard, time: number): number {
    return this.#options.log.firstSince(id, time) ?? this.#next;
  }

  /** Opens shards in the place of others, which are closed. */
  replace(parents: readonly Shard[], children: readonly HashRange[]): void {
    const at = this.#options.now();
    const parentIds = parents.map(({ id }) => id);
    const shards = this.#state.shards.map((shard) =>
      parentIds.includes(shard.id) ? { ...shard, last: this.#next++, closedAt: at } : shard,
    );
    for (const keys of children) {
      shards.push({
        id: shardName(shards.length),
        parentIds,
        keys,
        first: this.#next++,
        openedAt: at,
      });
    }
    this.update({ shards });
  }

  close(): void {
    this.#options.log.close();
  }

  /** Records that are older are not given out any more. */
  #oldestAt(): number {
    return this.#options.now() - this.#state.retentionHours * HOUR_MS;
  }

  /** The clock may be set back; order must not. */
  #arrival(): number {
    this.#newestAt = Math.max(this.#newestAt, this.#options.now());
    return this.#newestAt;
  }
}

/** Returns the shards that a stream begins with. */
export function firstShards(count: number, openedAt: number): Shard[] {
  return equalRanges(count).map((keys, index) => ({
    id: shardName(index),
    parentIds: [],
    keys,
    first: index,
    openedAt,
  }));
}

/** Bytes of a record as AWS counts them: its data, decoded, and its partition key. */
export function sizeOf({ key, data }: KeptRecord): number {
  return Buffer.byteLength(data, 'base64') + Buffer.byteLength(key);
}

function shardName(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

/** The ranges of open shards cover all keys, so there always is one. */
function shardOf(hashKey: string, open: readonly Shard[]): Shard {
  return open.find(({ keys }) => hashKey >= keys.first && hashKey <= keys.last)!;
}
