/** Reads what an ONNX file says about itself, without a protobuf library and without its graph. */

/** Keys that every file of ours has; a threshold only where the output is a probability. */
export const METADATA = {
  model: 'tidemill.model',
  /** JSON of a `Signature`. */
  signature: 'tidemill.signature',
  /** JSON of a `Binding`; only in files from elsewhere, whose inputs have names of their own. */
  binding: 'tidemill.binding',
  /** Probability from which the prediction is 1. */
  threshold: 'tidemill.threshold',
} as const;

/** Field `metadata_props` of ONNX's ModelProto: entries of field 1, the key, and 2, the value. */
const METADATA_PROPS = 14;

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

/**
 * Returns the metadata of an ONNX file. Skips over everything else by its length, so it costs
 * microseconds however large the model.
 *
 * @throws {NotOnnxError} if the bytes are not a protobuf message
 */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  if (bytes.length === 0) throw new NotOnnxError('no bytes', 0);
  const metadata: Record<string, string> = {};
  for (const { number, content } of fieldsOf(bytes)) {
    if (number !== METADATA_PROPS || !content) continue;
    const [key = '', value = ''] = [1, 2].map((wanted) => {
      const field = [...fieldsOf(content)].findLast((part) => part.number === wanted);
      return new TextDecoder().decode(field?.content);
    });
    metadata[key] = value;
  }
  return metadata;
}

/**
 * Returns the file with more metadata. Protobuf lets entries of a list stand anywhere, so they are
 * put at the end and the rest stays as it was.
 */
export function withMetadata(
  bytes: Uint8Array,
  entries: Readonly<Record<string, string>>,
): Uint8Array {
  const added = Object.entries(entries).map(([key, value]) =>
    lengthDelimited(METADATA_PROPS, [
      lengthDelimited(1, [Buffer.from(key)]),
      lengthDelimited(2, [Buffer.from(value)]),
    ]),
  );
  return Buffer.concat([bytes, ...added]);
}

function lengthDelimited(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + LENGTH_DELIMITED), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

interface Field {
  readonly number: number;
  /** Of a length-delimited field. */
  readonly content?: Uint8Array;
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readVarint(bytes, cursor);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0) throw new NotOnnxError('field number 0', cursor.at);
    if (wireType !== LENGTH_DELIMITED) {
      skip(wireType, bytes, cursor);
      yield { number };
      continue;
    }
    const length = readVarint(bytes, cursor);
    advance(length, bytes, cursor);
    yield { number, content: bytes.subarray(cursor.at - length, cursor.at) };
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
