/**
 * Tensors as bytes: little-endian, row after row; texts with their length before them in 4 bytes
 * (binary tensor data extension of the Open Inference Protocol).
 */
import { type Datatype, type OutputTensor, type TensorData } from '../onnx/tensor.ts';
import { RequestError } from './http.ts';

type NumericDatatype = Exclude<Datatype, 'BYTES'>;

const SIZES: Readonly<Record<NumericDatatype, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP32: 4,
  FP64: 8,
};

const READERS: Readonly<Record<NumericDatatype, (view: DataView, at: number) => unknown>> = {
  BOOL: (view, at) => view.getUint8(at) !== 0,
  UINT8: (view, at) => view.getUint8(at),
  UINT16: (view, at) => view.getUint16(at, true),
  UINT32: (view, at) => view.getUint32(at, true),
  UINT64: (view, at) => Number(view.getBigUint64(at, true)),
  INT8: (view, at) => view.getInt8(at),
  INT16: (view, at) => view.getInt16(at, true),
  INT32: (view, at) => view.getInt32(at, true),
  INT64: (view, at) => Number(view.getBigInt64(at, true)),
  FP32: (view, at) => missingAsNull(view.getFloat32(at, true)),
  FP64: (view, at) => missingAsNull(view.getFloat64(at, true)),
};

/** NaN is how an array says what JSON says with null. */
function missingAsNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/**
 * Returns the values of a tensor, as JSON would have brought them.
 *
 * @param where name of the input, for errors
 * @throws {RequestError} 400 if the bytes are no whole number of values
 */
export function decodeTensor(bytes: Uint8Array, datatype: Datatype, where: string): unknown[] {
  if (datatype === 'BYTES') return decodeTexts(bytes, where);
  const size = SIZES[datatype];
  if (bytes.length % size !== 0) {
    throw new RequestError(
      400,
      `${where} has ${bytes.length} bytes, which are no whole number of ${datatype} (${size} bytes each)`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READERS[datatype];
  return Array.from({ length: bytes.length / size }, (_, at) => read(view, at * size));
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decodeTexts(bytes: Uint8Array, where: string): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + 4;
    const end = start <= bytes.length ? start + view.getUint32(at, true) : Infinity;
    if (end > bytes.length) {
      throw new RequestError(
        400,
        `${where} is cut off at byte ${at}: each text is its length in 4 bytes, then so many bytes`,
      );
    }
    try {
      texts.push(UTF8.decode(bytes.subarray(start, end)));
    } catch {
      throw new RequestError(400, `${where} has a text at byte ${start} that is not UTF-8`);
    }
    at = end;
  }
  return texts;
}

/** Returns an output as bytes. */
export function encodeTensor({ datatype, data }: Pick<OutputTensor, 'datatype' | 'data'>): Buffer {
  if (isTexts(data)) return encodeTexts(data);
  // Typed arrays hold their values as the machine does, and no machine of Lambda's is big-endian.
  return datatype === 'BYTES'
    ? encodeTexts([])
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function isTexts(data: TensorData): data is readonly string[] {
  return Array.isArray(data);
}

function encodeTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
