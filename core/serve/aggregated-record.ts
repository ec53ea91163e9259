/**
 * Records that the Kinesis Producer Library packed into one:
 * magic, protobuf message, MD5 of the message
 * (github.com/awslabs/amazon-kinesis-producer, aggregation-format.md).
 */
import { createHash } from 'node:crypto';

/** One of the records, as its producer made it. */
export interface PackedRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const DIGEST_BYTES = 16;

/** Fields of the messages AggregatedRecord and Record. */
const PARTITION_KEYS = 1;
const RECORDS = 3;
const KEY_INDEX = 1;
const DATA = 3;

/**
 * Returns the records that are packed in one; undefined for a record that is not of this kind. As
 * in Amazon's own libraries, bytes whose digest does not fit are not of this kind.
 *
 * @throws {RangeError} if the message is cut short, or names a key that it does not have
 */
export function unpackAggregated(bytes: Uint8Array): PackedRecord[] | undefined {
  if (bytes[0] !== MAGIC[0] || !MAGIC.equals(bytes.subarray(0, MAGIC.length))) return undefined;
  const end = bytes.length - DIGEST_BYTES;
  if (end < MAGIC.length) return undefined;
  const message = bytes.subarray(MAGIC.length, end);
  const digest = createHash('md5').update(message).digest();
  if (!digest.equals(bytes.subarray(end))) return undefined;

  const keys: string[] = [];
  const packed: { readonly key: number; readonly data: Uint8Array }[] = [];
  for (const { field, content } of fieldsOf(message)) {
    if (typeof content === 'number') continue;
    if (field === PARTITION_KEYS) keys.push(Buffer.from(content).toString());
    if (field === RECORDS) packed.push(recordOf(content));
  }
  return packed.map(({ key, data }) => {
    const partitionKey = keys[key];
    if (partitionKey === undefined) {
      throw new RangeError(`partition key ${key} of an aggregated record with ${keys.length} keys`);
    }
    return { partitionKey, data };
  });
}

function recordOf(message: Uint8Array) {
  let key = 0;
  let data = new Uint8Array();
  for (const { field, content } of fieldsOf(message)) {
    if (field === KEY_INDEX && typeof content === 'number') key = content;
    if (field === DATA && typeof content !== 'number') data = new Uint8Array(content);
  }
  return { key, data };
}

interface Field {
  readonly field: number;
  readonly content: number | Uint8Array;
}

/** Wire types of protobuf: these two are all that the format uses. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('an aggregated record that ends in a number');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const type = tag % 8;
    const value = varint();
    if (type === VARINT) {
      yield { field, content: value };
    } else if (type === LENGTH_DELIMITED && at + value <= message.length) {
      yield { field, content: message.subarray(at, (at += value)) };
    } else {
      throw new RangeError(`field ${field} of an aggregated record, of wire type ${type}`);
    }
  }
}
