/** Records out into a Kinesis stream. */
import { setTimeout as sleepMs } from 'node:timers/promises';
import { signedRequest } from './signed-request.ts';

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

/**
 * Puts records once, and says what became of each, in their order.
 *
 * @throws {Error} if nothing is known of them
 */
export type PutRecords = (
  stream: string,
  records: readonly OutgoingRecord[],
) => Promise<readonly PutResult[]>;

export interface PutResult {
  /** Set where the record was refused. */
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

export interface RecordStreamOptions {
  /** Puts records once. @default a request to Kinesis */
  readonly send?: PutRecords;
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

export function kinesisRecords(stream: string, options: RecordStreamOptions = {}): RecordStream {
  const { attempts = 6, inOrder = false, onRefused, sleep = sleepMs, send = putRecords } = options;

  /** Puts the records at some positions once. */
  const attempt = async (
    records: readonly OutgoingRecord[],
    positions: readonly number[],
  ): Promise<Refusal> => {
    const refused: number[] = [];
    let cause: unknown;
    for (const chunk of chunksOf(records, positions)) {
      try {
        const answers = await send(
          stream,
          chunk.map((position) => records[position]!),
        );
        for (const [at, answer] of answers.entries()) {
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

/** One attempt, since `put` tries again by itself, and only what was refused. */
const putRecords: PutRecords = async (stream, records) => {
  const { status, body } = await signedRequest({
    service: 'kinesis',
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Kinesis_20131202.PutRecords',
    },
    body: JSON.stringify({ StreamName: stream, Records: records.map(entryOf) }),
    attempts: 1,
    timeoutMs: REQUEST_TIMEOUT_MS,
  });
  const text = body.toString();
  if (status !== 200) throw new Error(`PutRecords failed: ${status} ${text.slice(0, 300)}`);
  const { Records }: { readonly Records: readonly PutResult[] } = JSON.parse(text);
  return Records;
};

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
  const { buffer, byteOffset, byteLength } = data;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return { PartitionKey: partitionKey, Data: text };
}
