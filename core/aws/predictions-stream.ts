/** Records out into a Kinesis stream. */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { setTimeout as sleepMs } from 'node:timers/promises';

/** Limits of one PutRecords request. */
const MAXIMUM_RECORDS = 500;
const MAXIMUM_BYTES = 5 * 1024 * 1024;

const FIRST_WAIT_MS = 50;

/** A request that takes longer is given up and tried again. */
const REQUEST_TIMEOUT_MS = 2000;

export interface OutgoingRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

export interface RecordStream {
  /**
   * Puts records. Only those that the stream refuses are tried again.
   *
   * @throws {RecordsRefusedError} naming those that were still refused at the end
   */
  put(records: readonly OutgoingRecord[]): Promise<void>;
}

/** Some records did not get into the stream; all others did. */
export class RecordsRefusedError extends Error {
  override readonly name = 'RecordsRefusedError';
  /** Positions in what was put, ascending. */
  readonly refused: readonly number[];

  constructor(stream: string, refused: readonly number[], total: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `stream '${stream}' refused ${refused.length} of ${total} records (${why}); ` +
        'put them again later, or give the stream more shards',
      { cause },
    );
    this.refused = refused;
  }
}

export interface RecordStreamOptions {
  /** @default one client for the whole process, configured by the environment */
  readonly client?: Pick<KinesisClient, 'send'>;
  /** Times that a record is put before it is given up, with waits of 50, 100, 200 ms and on between. @default 6 */
  readonly attempts?: number;
  /**
   * Whether a record waits until all before it under its partition key are in the stream. PutRecords
   * itself promises no order: it goes on after a record that it refuses. @default false
   */
  readonly inOrder?: boolean;
  /** Hears how many records of a request were refused. */
  readonly onRefused?: (records: number) => void;
  /** Waits before a next attempt. @default real time */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

interface Refusal {
  /** Ascending. */
  readonly refused: readonly number[];
  readonly cause: unknown;
}

const NONE: Refusal = { refused: [], cause: undefined };

let processClient: KinesisClient | undefined;

export function kinesisRecords(stream: string, options: RecordStreamOptions = {}): RecordStream {
  const { attempts = 6, inOrder = false, onRefused, sleep = sleepMs } = options;

  const request = async (records: readonly OutgoingRecord[], chunk: readonly number[]) => {
    const { KinesisClient, PutRecordsCommand } = await kinesis();
    const client = options.client ?? (processClient ??= clientFrom(KinesisClient));
    const Entries = chunk.map((position) => entryOf(records[position]!));
    const { Records = [] } = await client.send(
      new PutRecordsCommand({ StreamName: stream, Records: Entries }),
    );
    return Records;
  };

  /** Puts the records at some positions once. */
  const attempt = async (
    records: readonly OutgoingRecord[],
    positions: readonly number[],
  ): Promise<Refusal> => {
    const refused: number[] = [];
    let cause: unknown;
    for (const chunk of chunksOf(records, positions)) {
      try {
        for (const [at, answer] of (await request(records, chunk)).entries()) {
          if (answer.ErrorCode === undefined) continue;
          refused.push(chunk[at]!);
          cause = `${answer.ErrorCode}: ${answer.ErrorMessage ?? ''}`;
        }
      } catch (failure) {
        refused.push(...chunk);
        cause = failure;
      }
    }
    if (refused.length > 0) onRefused?.(refused.length);
    return { refused, cause };
  };

  const putAll = async (
    records: readonly OutgoingRecord[],
    positions: readonly number[],
  ): Promise<Refusal> => {
    let { refused, cause } = await attempt(records, positions);
    for (let tried = 1; refused.length > 0 && tried < attempts; tried++) {
      await sleep(FIRST_WAIT_MS * 2 ** (tried - 1));
      ({ refused, cause } = await attempt(records, refused));
    }
    return { refused, cause };
  };

  return {
    async put(records) {
      const { refused, cause } = await (inOrder
        ? putInOrder(records, putAll)
        : putAll(records, [...records.keys()]));
      if (refused.length > 0) throw new RecordsRefusedError(stream, refused, records.length, cause);
    },
  };
}

/**
 * Puts the first record of every partition key, then the second of every key that has one, and so
 * on. What comes after a record that is refused for good, under its key, is not put at all.
 */
async function putInOrder(
  records: readonly OutgoingRecord[],
  put: (records: readonly OutgoingRecord[], positions: readonly number[]) => Promise<Refusal>,
): Promise<Refusal> {
  const held = new Set<string>();
  const kept: number[] = [];
  let last: unknown;
  for (const round of roundsOf(records)) {
    const behind = round.filter((position) => held.has(records[position]!.partitionKey));
    const free = round.filter((position) => !held.has(records[position]!.partitionKey));
    const { refused, cause } = free.length === 0 ? NONE : await put(records, free);
    for (const position of refused) held.add(records[position]!.partitionKey);
    kept.push(...refused, ...behind);
    last = cause ?? last;
  }
  return { refused: kept.toSorted((a, b) => a - b), cause: last };
}

/** Positions by how many records of the same key stand before them. */
function roundsOf(records: readonly OutgoingRecord[]): number[][] {
  const seen = new Map<string, number>();
  const rounds: number[][] = [];
  for (const [position, { partitionKey }] of records.entries()) {
    const round = seen.get(partitionKey) ?? 0;
    seen.set(partitionKey, round + 1);
    (rounds[round] ??= []).push(position);
  }
  return rounds;
}

/** Loaded with the first put: a function that answers first need not wait for it. */
const kinesis = () => import('@aws-sdk/client-kinesis');

/** One attempt a call, since `put` tries again by itself, and only what was refused. */
function clientFrom(Client: typeof KinesisClient): KinesisClient {
  return new Client({ maxAttempts: 1, requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS } });
}

/** Splits positions into requests that stay under the limits of PutRecords. */
function chunksOf(records: readonly OutgoingRecord[], positions: readonly number[]): number[][] {
  const chunks: number[][] = [];
  let bytes = Infinity;
  for (const position of positions) {
    const { data, partitionKey } = records[position]!;
    const size = data.byteLength + Buffer.byteLength(partitionKey);
    if (bytes + size > MAXIMUM_BYTES || chunks.at(-1)!.length === MAXIMUM_RECORDS) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)!.push(position);
    bytes += size;
  }
  return chunks;
}

function entryOf({ partitionKey, data }: OutgoingRecord) {
  return { PartitionKey: partitionKey, Data: data };
}
