/** The `Range` header, in the one form that S3 serves: a single range of bytes. */
import { AwsError } from '../wire/aws-error.ts';

/** First and last byte, both within the object. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the range of an object of `size` bytes that a header asks for, or undefined if the
 * whole object is to be sent: without a header, or with one that is not understood (RFC 9110).
 *
 * @throws {AwsError} InvalidRange (416) if the range lies outside of the object
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(' ', '') ?? '');
  const [, first = '', last = ''] = match ?? [];
  const range = first === '' ? suffix(last, size) : fromTo(first, last, size);
  if (range && (range.start >= size || range.end < range.start)) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
      status: 416,
      fields: { ActualObjectSize: size, RangeRequested: header },
    });
  }
  return range;
}

/** `bytes=-5`: the last five. */
function suffix(length: string, size: number): ByteRange | undefined {
  if (length === '') return undefined;
  // Of no bytes at all, so that the caller sees an end before the start.
  if (Number(length) === 0) return { start: size, end: size - 1 };
  return { start: Math.max(0, size - Number(length)), end: size - 1 };
}

/** `bytes=5-` or `bytes=5-9`. */
function fromTo(first: string, last: string, size: number): ByteRange | undefined {
  if (last === '') return { start: Number(first), end: size - 1 };
  if (Number(first) > Number(last)) return undefined;
  return { start: Number(first), end: Math.min(Number(last), size - 1) };
}
