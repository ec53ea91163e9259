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
   * Puts records in their order. Only records that the stream refuses are tried again.
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
  /** Waits before a next attempt. @default real time */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

let processClient: KinesisClient | undefined;

export function kinesisRecords(stream: string, options: RecordStreamOptions = {}): RecordStream {
  const { attempts = 6, sleep = sleepMs } = options;

  /** Puts the records at some positions; returns the positions that were refused, and why. */
  const attempt = async (records: readonly OutgoingRecord[], positions: readonly number[]) => {
    const refused: number[] = [];
    let cause: unknown;
    const { KinesisClient, PutRecordsCommand } = await kinesis();
    const client = options.client ?? (processClient ??= clientFrom(KinesisClient));
    for (const chunk of chunksOf(records, positions)) {
      try {
        const { Records = [] } = await client.send(
          new PutRecordsCommand({
            StreamName: stream,
            Records: chunk.map((position) => entryOf(records[position]!)),
          }),
        );
        for (const [at, { ErrorCode, ErrorMessage }] of Records.entries()) {
          if (ErrorCode === undefined) continue;
          refused.push(chunk[at]!);
          cause = `${ErrorCode}: ${ErrorMessage ?? ''}`;
        }
      } catch (failure) {
        refused.push(...chunk);
        cause = failure;
      }
    }
    return { refused, cause };
  };

  return {
    async put(records) {
      let { refused, cause } = await attempt(records, [...records.keys()]);
      for (let tried = 1; refused.length > 0 && tried < attempts; tried++) {
        await sleep(FIRST_WAIT_MS * 2 ** (tried - 1));
        ({ refused, cause } = await attempt(records, refused));
      }
      if (refused.length > 0) throw new RecordsRefusedError(stream, refused, records.length, cause);
    },
  };
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
