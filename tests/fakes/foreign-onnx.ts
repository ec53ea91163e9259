/** ONNX files as other tools write them: their names of inputs and outputs, their shapes. */
import onnxProto, { type onnx } from 'onnx-proto';

const { ModelProto } = onnxProto.onnx;
const { DataType } = onnxProto.onnx.TensorProto;
const { AttributeType } = onnxProto.onnx.AttributeProto;

const TYPES = {
  float: DataType.FLOAT,
  double: DataType.DOUBLE,
  int32: DataType.INT32,
  int64: DataType.INT64,
  string: DataType.STRING,
} as const;

export interface Value {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  /** Text is a size that is left open. */
  readonly shape: readonly (number | string)[];
}

export interface Node {
  readonly op: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly domain?: string;
  readonly attributes?: readonly onnx.IAttributeProto[];
}

export function onnxFile(
  inputs: readonly Value[],
  outputs: readonly (Value | { readonly name: string; readonly map: true })[],
  nodes: readonly Node[],
): Uint8Array {
  const model = {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    graph: {
      name: 'foreign',
      input: inputs.map(infoOf),
      output: outputs.map((value) => ('map' in value ? sequenceOfMaps(value.name) : infoOf(value))),
      node: nodes.map(({ op, from, to, domain = '', attributes = [] }) => ({
        opType: op,
        name: to[0] ?? op,
        domain,
        input: [...from],
        output: [...to],
        attribute: [...attributes],
      })),
    },
  };
  return ModelProto.encode(ModelProto.create(model)).finish();
}

export const floats = (name: string, values: readonly number[]): onnx.IAttributeProto => ({
  name,
  type: AttributeType.FLOATS,
  floats: [...values],
});
export const ints = (name: string, values: readonly number[]): onnx.IAttributeProto => ({
  name,
  type: AttributeType.INTS,
  ints: [...values],
});
export const int = (name: string, value: number): onnx.IAttributeProto => ({
  name,
  type: AttributeType.INT,
  i: value,
});
export const text = (name: string, value: string): onnx.IAttributeProto => ({
  name,
  type: AttributeType.STRING,
  s: Buffer.from(value),
});

/** Logistic regression with two classes, as skl2onnx and onnxmltools write a classifier's end. */
export function classifier(from: string, weights: readonly number[], zipMap: boolean): Node[] {
  const domain = 'ai.onnx.ml';
  const raw = zipMap ? 'scores' : 'probabilities';
  const linear: Node = {
    op: 'LinearClassifier',
    from: [from],
    to: ['label', raw],
    domain,
    attributes: [
      floats('coefficients', [...weights.map((weight) => -weight), ...weights]),
      floats('intercepts', [0, 0]),
      ints('classlabels_ints', [0, 1]),
      text('post_transform', 'SOFTMAX'),
      int('multi_class', 0),
    ],
  };
  const zip: Node = {
    op: 'ZipMap',
    from: [raw],
    to: ['probabilities'],
    domain,
    attributes: [ints('classlabels_int64s', [0, 1])],
  };
  return zipMap ? [linear, zip] : [linear];
}

function infoOf({ name, type, shape }: Value): onnx.IValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: TYPES[type], shape: { dim } } } };
}

function sequenceOfMaps(name: string): onnx.IValueInfoProto {
  const valueType = { tensorType: { elemType: DataType.FLOAT } };
  const mapType = { keyType: DataType.INT64, valueType };
  return { name, type: { sequenceType: { elemType: { mapType } } } };
}
