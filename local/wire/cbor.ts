/** CBOR as AWS's protocols have it. They differ in the unit of times, which carry the tag of times. */
import { decode, encode, Tagged } from 'cborg';
import { AwsError } from './aws-error.ts';
import { type Input, isStructure } from './operations.ts';

const TIME = 1;

/**
 * Returns the structure in a body; an empty body is an empty structure.
 *
 * @param unitMs what a time counts, in milliseconds
 * @throws {AwsError} SerializationException if it is not CBOR, or not a structure
 */
export function readCbor(body: Buffer, unitMs: number): Input {
  if (body.length === 0) return {};
  const timeOf = (decodeContent: () => unknown): Date => new Date(Number(decodeContent()) * unitMs);
  let value: unknown;
  try {
    value = decode(body, { tags: { [TIME]: timeOf } });
  } catch (cause) {
    throw new AwsError('SerializationException', `the body is not CBOR: ${String(cause)}`);
  }
  if (isStructure(value)) return value;
  throw new AwsError('SerializationException', 'the body must be a CBOR map');
}

/** Returns a value as CBOR. */
export function writeCbor(value: unknown, unitMs: number): Uint8Array {
  return encode(encodable(value, unitMs));
}

/** CBOR has a value for undefined, which clients would take for a member. */
function encodable(value: unknown, unitMs: number): unknown {
  if (Array.isArray(value)) return value.map((item) => encodable(item, unitMs));
  if (value instanceof Map) return encodable(Object.fromEntries(value), unitMs);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Tagged(TIME, value.getTime() / unitMs);
  if (value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, encodable(item, unitMs)]),
  );
}
