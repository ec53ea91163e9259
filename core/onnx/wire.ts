/** Messages of protobuf, field by field: enough to read and change an ONNX file without its schema. */

/** Protobuf's wire types (protobuf.dev, Encoding). */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** The bytes are not an ONNX file, or are cut off. */
export class NotOnnxError extends Error {
  override readonly name = 'NotOnnxError';

  constructor(problem: string, at: number) {
    super(`not an ONNX file: ${problem} at byte ${at}; pass the bytes of a whole .onnx file`);
  }
}

/** A field of several parts that follow each other: text, bytes or a message. */
export function lengthDelimited(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + LENGTH_DELIMITED), varint(content.length), content]);
}

/** A field of a whole number, 0 or more. */
export function numberField(field: number, value: number): Uint8Array {
  return Buffer.concat([varint(field * 8 + VARINT), varint(value)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

export interface Field {
  readonly number: number;
  /** With its number, as it stands in the message. */
  readonly bytes: Uint8Array;
  /** Of a length-delimited field. */
  readonly content?: Uint8Array;
}

/** @yields the fields as they stand @throws {NotOnnxError} if the bytes are not a protobuf message */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const from = cursor.at;
    const tag = readVarint(bytes, cursor);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0) throw new NotOnnxError('field number 0', cursor.at);
    if (wireType !== LENGTH_DELIMITED) {
      skip(wireType, bytes, cursor);
      yield { number, bytes: bytes.subarray(from, cursor.at) };
      continue;
    }
    const length = readVarint(bytes, cursor);
    advance(length, bytes, cursor);
    const content = bytes.subarray(cursor.at - length, cursor.at);
    yield { number, bytes: bytes.subarray(from, cursor.at), content };
  }
}

function skip(wireType: number, bytes: Uint8Array, cursor: { at: number }): void {
  if (wireType === VARINT) readVarint(bytes, cursor);
  else if (wireType === FIXED64) advance(8, bytes, cursor);
  else if (wireType === FIXED32) advance(4, bytes, cursor);
  else throw new NotOnnxError(`wire type ${wireType}`, cursor.at);
}

function advance(length: number, bytes: Uint8Array, cursor: { at: number }): void {
  if (cursor.at + length > bytes.length) {
    throw new NotOnnxError(`a field of ${length} bytes is cut off`, cursor.at);
  }
  cursor.at += length;
}

function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw new NotOnnxError('a number is cut off', cursor.at);
    cursor.at++;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new NotOnnxError('a number is too long', cursor.at);
}
