/** From the bytes of a record to the JSON in it, however producers packed that. */
import { gunzipSync } from 'node:zlib';
import { type PackedRecord, unpackAggregated } from './aggregated-record.ts';
import type { StreamRecord } from './event.ts';
import { parseJson } from './json.ts';

/** What a record may unpack to: the largest that Kinesis takes unpacked. */
export const MOST_BYTES = 10 * 2 ** 20;

/** Bytes that cannot be unpacked; the message says why. */
export class NotUnpackableError extends Error {
  override readonly name = 'NotUnpackableError';
}

/**
 * Returns the records that the Kinesis Producer Library packed in one; undefined if it did not.
 *
 * @throws {NotUnpackableError} if it is such a record, and broken
 */
export function partsIn(record: StreamRecord): readonly StreamRecord[] | undefined {
  // A part that comes again by itself was unpacked before.
  if (record.part !== undefined) return undefined;
  try {
    const packed = unpackAggregated(record.data);
    return packed?.map((one, part) => partOf(record, one, part));
  } catch (cause) {
    throw new NotUnpackableError(cause instanceof Error ? cause.message : String(cause));
  }
}

function partOf(whole: StreamRecord, { partitionKey, data }: PackedRecord, part: number) {
  return { ...whole, partitionKey, data, part, place: `${whole.place}:${part}` };
}

/**
 * Reads JSON, also where it is compressed by gzip.
 *
 * @throws {NotUnpackableError} @throws {NotJsonError}
 */
export function jsonIn(data: Uint8Array): unknown {
  return parseJson(data[0] === 0x1f && data[1] === 0x8b ? unzipped(data) : data);
}

function unzipped(data: Uint8Array): Uint8Array {
  try {
    return gunzipSync(data, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NotUnpackableError(`gzip of at most ${MOST_BYTES} bytes: ${why}`);
  }
}
