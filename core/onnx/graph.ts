/** Writes an ONNX graph node by node. */
import onnxProto, { type onnx } from 'onnx-proto';

/** ONNX 1.16 of March 2024, the first whose trees can ask for a set of categories. */
const IR_VERSION = 10;
const OPSET = 21;
const ML_OPSET = 5;

const { ModelProto } = onnxProto.onnx;
const { AttributeType } = onnxProto.onnx.AttributeProto;
const { DataType } = onnxProto.onnx.TensorProto;

/** Element types, as `Cast` names them. */
export const FLOAT = DataType.FLOAT;
export const DOUBLE = DataType.DOUBLE;

export type ElementType = 'float' | 'double' | 'string';

/** A node's attribute; a list of numbers says which kind it is, since ONNX tells them apart. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: Iterable<number> }
  | { readonly floats: Iterable<number> }
  | { readonly strings: Iterable<string> }
  | { readonly string: string }
  | { readonly tensor: Float32Array | Uint8Array };

type TensorValues = Float32Array | Float64Array | BigInt64Array | Uint8Array | readonly boolean[];

const ELEMENT_TYPES = {
  float: DataType.FLOAT,
  double: DataType.DOUBLE,
  string: DataType.STRING,
} as const;

export class GraphWriter {
  private readonly inputs: onnx.IValueInfoProto[] = [];
  private readonly outputs: onnx.IValueInfoProto[] = [];
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly constants: onnx.ITensorProto[] = [];

  /** Declares an input `[rows, width]`; returns its name. */
  input(name: string, type: ElementType, width: number): string {
    this.inputs.push(valueInfo(name, type, [{ dimParam: 'rows' }, { dimValue: width }]));
    return name;
  }

  /** Adds a node with one output; returns the output's name. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): string {
    const output = `${operator}_${this.nodes.length}`;
    this.nodes.push({
      opType: operator,
      domain,
      name: output,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => toAttribute(name, value)),
    });
    return output;
  }

  /** Adds a node of the domain `ai.onnx.ml`. */
  mlNode(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): string {
    return this.node(operator, inputs, attributes, 'ai.onnx.ml');
  }

  /** Adds a constant; returns its name. */
  constant(values: TensorValues, dims: readonly number[]): string {
    const name = `constant_${this.constants.length}`;
    this.constants.push({ name, dims: [...dims], ...toTensor(values) });
    return name;
  }

  /** Adds a constant list of texts; returns its name. */
  texts(values: readonly string[]): string {
    const name = `constant_${this.constants.length}`;
    const utf8 = new TextEncoder();
    const stringData = values.map((text) => utf8.encode(text));
    this.constants.push({ name, dims: [values.length], dataType: DataType.STRING, stringData });
    return name;
  }

  /**
   * Declares an output `[rows]`, or `[rows, width]`.
   *
   * @param from the node output that becomes it
   */
  output(name: string, type: ElementType, from: string, width?: number): void {
    this.nodes.push({ opType: 'Identity', name, input: [from], output: [name] });
    const rows = { dimParam: 'rows' };
    const shape = width === undefined ? [rows] : [rows, { dimValue: width }];
    this.outputs.push(valueInfo(name, type, shape));
  }

  /** The bytes of the model. */
  finish({
    name,
    metadata,
  }: {
    readonly name: string;
    readonly metadata: Readonly<Record<string, string>>;
  }): Uint8Array {
    return ModelProto.encode({
      irVersion: IR_VERSION,
      producerName: 'tidemill',
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: 'ai.onnx.ml', version: ML_OPSET },
      ],
      graph: {
        name,
        input: this.inputs,
        node: this.nodes,
        initializer: this.constants,
        output: this.outputs,
      },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    }).finish();
  }
}

function valueInfo(
  name: string,
  type: ElementType,
  dim: onnx.TensorShapeProto.IDimension[],
): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}

function toTensor(values: TensorValues): onnx.ITensorProto {
  if (values instanceof Float32Array) return { dataType: DataType.FLOAT, rawData: bytesOf(values) };
  if (values instanceof Float64Array) {
    return { dataType: DataType.DOUBLE, rawData: bytesOf(values) };
  }
  if (values instanceof BigInt64Array) {
    return { dataType: DataType.INT64, rawData: bytesOf(values) };
  }
  if (values instanceof Uint8Array) return { dataType: DataType.UINT8, rawData: values };
  return { dataType: DataType.BOOL, rawData: Uint8Array.from(values, Number) };
}

/** ONNX stores tensors in little-endian order, as every machine that Node runs on has them. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function toAttribute(name: string, value: Attribute): onnx.IAttributeProto {
  if ('int' in value) return { name, type: AttributeType.INT, i: value.int };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: [...value.ints] };
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  if ('tensor' in value) {
    const t = { dims: [value.tensor.length], ...toTensor(value.tensor) };
    return { name, type: AttributeType.TENSOR, t };
  }
  const utf8 = new TextEncoder();
  if ('string' in value) {
    return { name, type: AttributeType.STRING, s: utf8.encode(value.string) };
  }
  const strings = Array.from(value.strings, (text) => utf8.encode(text));
  return { name, type: AttributeType.STRINGS, strings };
}
