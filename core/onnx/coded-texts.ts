/**
 * A file whose text input takes places in a dictionary instead. Handing ONNX Runtime a text for
 * each cell costs about a tenth of what a model of trees does; many rows have few different texts.
 */
import type { CodedTexts, InputBatch } from '../model/signature.ts';
import type { Feed } from './runtime.ts';
import { fieldsOf, lengthDelimited, numberField } from './wire.ts';

/** Field `graph` of ONNX's ModelProto. */
const GRAPH = 7;

/** Fields of GraphProto. */
const NODE = 1;
const INPUT = 11;

/** Of ONNX's TensorProto.DataType. */
const INT32 = 6;
const STRING = 8;

/**
 * Returns the file with the inputs `<input>.dictionary`, BYTES [texts], and `<input>.codes`, INT32
 * [rows, width], in the place of a text input. A node in front of the others looks the texts up, so
 * the rest of the graph is what it was.
 *
 * @throws {NotOnnxError} if the bytes are not a protobuf message
 */
export function withCodedTexts(bytes: Uint8Array, input: string, width: number): Uint8Array {
  const parts = [...fieldsOf(bytes)].map((field) =>
    field.number === GRAPH && field.content
      ? lengthDelimited(GRAPH, graphWithCodes(field.content, input, width))
      : field.bytes,
  );
  return Buffer.concat(parts);
}

/** What such a file takes for the texts of a batch. */
export function codedFeeds(input: string, batch: InputBatch): Feed[] {
  const { dictionary, codes } = batch.coded ?? eachItsOwn(batch.categories);
  return [
    {
      name: dictionaryOf(input),
      datatype: 'BYTES',
      shape: [dictionary.length],
      data: dictionary,
    },
    {
      name: codesOf(input),
      datatype: 'INT32',
      shape: [batch.rows, codes.length / batch.rows],
      data: codes,
    },
  ];
}

function eachItsOwn(texts: readonly string[]): CodedTexts {
  return { dictionary: texts, codes: Int32Array.from(texts.keys()) };
}

const dictionaryOf = (input: string): string => `${input}.dictionary`;
const codesOf = (input: string): string => `${input}.codes`;

function graphWithCodes(graph: Uint8Array, input: string, width: number): Uint8Array[] {
  const kept = [...fieldsOf(graph)].filter(
    ({ number, content }) => number !== INPUT || !content || nameOf(content) !== input,
  );
  return [
    lengthDelimited(NODE, gather(dictionaryOf(input), codesOf(input), input)),
    ...kept.map((field) => field.bytes),
    lengthDelimited(INPUT, valueInfo(dictionaryOf(input), STRING, [text(2, 'texts')])),
    lengthDelimited(
      INPUT,
      valueInfo(codesOf(input), INT32, [text(2, 'rows'), numberField(1, width)]),
    ),
  ];
}

/** The name of a ValueInfoProto. */
function nameOf(info: Uint8Array): string {
  const field = [...fieldsOf(info)].findLast(({ number }) => number === 1);
  return new TextDecoder().decode(field?.content);
}

/** A NodeProto: inputs are its field 1, outputs 2, the operator 4. */
function gather(table: string, codes: string, output: string): Uint8Array[] {
  return [text(1, table), text(1, codes), text(2, output), text(4, 'Gather')];
}

/** A ValueInfoProto: name, and type.tensor_type of element type and shape. */
function valueInfo(name: string, type: number, dimensions: readonly Uint8Array[]): Uint8Array[] {
  const shape = dimensions.map((dimension) => lengthDelimited(1, [dimension]));
  const tensor = lengthDelimited(1, [numberField(1, type), lengthDelimited(2, shape)]);
  return [text(1, name), lengthDelimited(2, [tensor])];
}

function text(field: number, value: string): Uint8Array {
  return lengthDelimited(field, [Buffer.from(value)]);
}
