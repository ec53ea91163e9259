/** Reads what an ONNX file says about itself, without a protobuf library and without its graph. */
import { fieldsOf, lengthDelimited, NotOnnxError } from './wire.ts';

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
