/** GetShardIterator and GetRecords, where kinesalite differs from AWS. */
import type { LiteEngine } from '../lite-engine.ts';
import { type Input, isStructure, type Output } from '../wire/operations.ts';
import type { StreamEngine } from './engine.ts';

/** What one GetRecords of AWS returns at most. */
const MOST_BYTES = 10 * 2 ** 20;
const MOST_RECORDS = 10_000;
/** So many of the largest records, a megabyte each, fit in one answer. */
const FIRST_BATCH = 10;

/**
 * GetShardIterator. For AT_TIMESTAMP kinesalite never answers if no record is that young; AWS
 * then gives the position after the last record.
 */
export async function getShardIterator(engine: StreamEngine, input: Input): Promise<Output> {
  const { run } = engine;
  const { Timestamp: timestamp, StreamName: stream, ShardId: shardId, ...rest } = input;
  const past = typeof timestamp === 'number' && timestamp * 1000 <= Date.now();
  // What is wrong with the input kinesalite tells well.
  if (rest['ShardIteratorType'] !== 'AT_TIMESTAMP' || !past) return run('GetShardIterator', input);

  const at = { StreamName: stream, ShardId: shardId };
  // Taken before the search, so that a record that arrives meanwhile is not missed.
  const latest = await run('GetShardIterator', { ...at, ShardIteratorType: 'LATEST' });
  for await (const { sequenceNumber, arrivedAt } of engine.records(
    String(stream),
    String(shardId),
  )) {
    if (arrivedAt < timestamp) continue;
    return run('GetShardIterator', {
      ...at,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: sequenceNumber,
    });
  }
  return latest;
}

/** GetRecords, with AWS's limit on bytes and the time by which the reader lags behind. */
export async function getRecords(run: LiteEngine, input: Input): Promise<Output> {
  const limit = typeof input['Limit'] === 'number' ? input['Limit'] : MOST_RECORDS;
  const records: unknown[] = [];
  let [bytes, largest] = [0, 0];
  let wanted = Math.min(limit, FIRST_BATCH);
  let page = await run('GetRecords', { ...input, Limit: wanted || limit });
  for (;;) {
    const batch = recordsOf(page);
    records.push(...batch);
    for (const record of batch) {
      const size = sizeOf(record);
      bytes += size;
      largest = Math.max(largest, size);
    }
    const ended = batch.length < wanted || page['NextShardIterator'] === undefined;
    if (ended) return { ...page, Records: records };
    wanted = Math.min(limit - records.length, Math.floor((MOST_BYTES - bytes) / largest));
    if (wanted < 1) break;
    page = await run('GetRecords', { ShardIterator: page['NextShardIterator'], Limit: wanted });
  }
  return { ...page, Records: records, MillisBehindLatest: await lag(run, page) };
}

/** The age of the record that is read next, if there is one. */
async function lag(run: LiteEngine, page: Output): Promise<number> {
  const next = await run('GetRecords', { ShardIterator: page['NextShardIterator'], Limit: 1 });
  const [record] = recordsOf(next);
  if (!record) return 0;
  return Math.max(0, Math.round(Date.now() - Number(record['ApproximateArrivalTimestamp']) * 1000));
}

function recordsOf({ Records: records }: Output): Input[] {
  return Array.isArray(records) ? records.filter(isStructure) : [];
}

/** Bytes of a record as AWS counts them: its data, decoded, and its partition key. */
export function sizeOf({ Data: data, PartitionKey: key }: Input): number {
  return Buffer.byteLength(String(data), 'base64') + Buffer.byteLength(String(key));
}
