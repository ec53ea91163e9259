/** PutRecord and PutRecords. */
import * as z from 'zod';
import type { Operations } from '../../wire/operations.ts';
import { invalidArgument } from '../errors.ts';
import { fromDecimal } from '../hash-range.ts';
import { data, hashKey, Named, read, sequenceNumber } from '../input.ts';
import type { StreamBook } from '../stream-book.ts';
import { type PlacedRecord, type PutRecord, sizeOf, type Stream } from '../stream.ts';
import { encryptionOf } from './describe.ts';

const Entry = z.object({
  Data: data,
  PartitionKey: z.string().min(1).max(256),
  ExplicitHashKey: hashKey.nullish(),
});
/** Numbers grow with every put, so that the one for ordering has nothing to add. */
const One = Named.extend({ ...Entry.shape, SequenceNumberForOrdering: sequenceNumber.nullish() });
const Many = Named.extend({ Records: z.array(Entry).min(1).max(500) });

const MOST_BYTES = 5 * 2 ** 20;

/** @param onPut hears what was put to a stream: how many records, and their bytes */
export function putOperations(
  book: StreamBook,
  onPut: (stream: string, records: number, bytes: number) => void,
): Operations {
  const put = (stream: Stream, records: readonly PutRecord[]): PlacedRecord[] => {
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (bytes > MOST_BYTES) throw invalidArgument('Records size exceeds 5 MB limit');
    const placed = stream.put(records);
    onPut(stream.state.name, records.length, bytes);
    return placed;
  };
  return {
    async PutRecord(input) {
      const { PartitionKey, Data, ExplicitHashKey, ...reference } = read(One, input);
      const stream = book.find(reference);
      const [placed] = put(stream, [recordOf({ PartitionKey, Data, ExplicitHashKey })]);
      return { ...answerOf(placed), ...encryptionOf(stream) };
    },
    async PutRecords(input) {
      const { Records, ...reference } = read(Many, input);
      const stream = book.find(reference);
      const placed = put(stream, Records.map(recordOf));
      return { FailedRecordCount: 0, Records: placed.map(answerOf), ...encryptionOf(stream) };
    },
  };
}

function recordOf({ PartitionKey: key, Data, ExplicitHashKey: hash }: z.infer<typeof Entry>) {
  if (typeof hash !== 'string') return { key, data: Data };
  const found = fromDecimal(hash);
  if (found !== undefined) return { key, data: Data, hashKey: found };
  throw invalidArgument(
    'Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. ' +
      `Specified value was ${hash}`,
  );
}

function answerOf(placed: PlacedRecord | undefined) {
  return { ShardId: placed?.shardId, SequenceNumber: placed?.sequenceNumber };
}
