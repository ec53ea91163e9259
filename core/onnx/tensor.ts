/** Tensors as the Open Inference Protocol names them, and as ONNX Runtime does. */

/** Each datatype of the protocol that a tabular model can have, by its name in ONNX Runtime. */
const BY_ONNX_NAME = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
} as const;

export type OnnxType = keyof typeof BY_ONNX_NAME;
export type Datatype = (typeof BY_ONNX_NAME)[OnnxType];

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 stands for any size; the first is always -1, the number of rows. */
  readonly shape: readonly number[];
}

/** An input of a graph, and the features that are its columns. */
export interface GraphInput extends TensorMetadata {
  readonly features: readonly string[];
}

export type TensorData =
  | readonly string[]
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** What a graph answered. */
export interface OutputTensor extends TensorMetadata {
  readonly data: TensorData;
}

export function datatypeOf(onnxType: string): Datatype | undefined {
  return isOnnxType(onnxType) ? BY_ONNX_NAME[onnxType] : undefined;
}

export function onnxTypeOf(datatype: Datatype): OnnxType {
  const found = ONNX_NAMES.get(datatype);
  if (found === undefined) throw new TypeError(`there is no datatype '${datatype}'`);
  return found;
}

const ONNX_NAMES: ReadonlyMap<Datatype, OnnxType> = new Map(
  Object.keys(BY_ONNX_NAME)
    .filter(isOnnxType)
    .map((name) => [BY_ONNX_NAME[name], name]),
);

function isOnnxType(name: string): name is OnnxType {
  return Object.hasOwn(BY_ONNX_NAME, name);
}

/** Makes room for the values of a tensor. */
export function emptyData(datatype: Datatype, length: number): TensorData {
  return EMPTY[datatype](length);
}

const EMPTY: Readonly<Record<Datatype, (length: number) => TensorData>> = {
  BOOL: (length) => new Uint8Array(length),
  UINT8: (length) => new Uint8Array(length),
  UINT16: (length) => new Uint16Array(length),
  UINT32: (length) => new Uint32Array(length),
  UINT64: (length) => new BigUint64Array(length),
  INT8: (length) => new Int8Array(length),
  INT16: (length) => new Int16Array(length),
  INT32: (length) => new Int32Array(length),
  INT64: (length) => new BigInt64Array(length),
  FP32: (length) => new Float32Array(length),
  FP64: (length) => new Float64Array(length),
  BYTES: (length) => Array.from({ length }, () => ''),
};

/** Whether a datatype holds whole numbers only, and so nothing that stands for a missing one. */
export function isWhole(datatype: Datatype): boolean {
  return !['FP32', 'FP64', 'BYTES'].includes(datatype);
}
