import { describe, expect, it } from 'vitest';
import { category, number, timestamp } from '../../../../core/model/index.ts';
import { type AdoptedFile, adoptFile } from '../../../../core/onnx/adopt.ts';
import { readMetadata } from '../../../../core/onnx/metadata.ts';
import { openSession } from '../../../../core/onnx/session.ts';
import { flightDelay } from '../../../fakes/flight-model.ts';
import { type Value, classifier, int, onnxFile } from '../../../fakes/foreign-onnx.ts';

const about = { description: 'A number' };
const two = { width: number(about), height: number({ ...about, minimum: 0, maximum: 10 }) };

function house(features: Parameters<typeof flightDelay>[0] = {}) {
  return flightDelay({
    name: 'house',
    features: two,
    derived: {},
    serving: { online: {} },
    target: { kind: 'binary', column: 'sold', atLeast: 1, threshold: 0.3 },
    ...features,
  });
}

const regression = () =>
  house({
    target: { kind: 'regression', column: 'price' },
    gate: { metric: 'rmse', beatBaselineBy: 1 },
  });

const matrix: Value = { name: 'float_input', type: 'float', shape: ['N', 2] };
const label: Value = { name: 'label', type: 'int64', shape: ['N'] };
const probabilities: Value = { name: 'probabilities', type: 'float', shape: ['N', 2] };

/** Answers of an adopted file for rows of width and height. */
async function answersOf({ bytes }: AdoptedFile, rows: readonly (readonly number[])[]) {
  const session = await openSession(bytes);
  try {
    return await session.infer({
      rows: rows.length,
      numbers: Float32Array.from(rows.flat()),
      categories: [],
      times: new Float64Array(0),
    });
  } finally {
    await session.release();
  }
}

const logistic = (score: number): number => 1 / (1 + Math.exp(-2 * score));

describe('adoptFile', () => {
  it('takes a matrix of all number features, as LightGBM and PyTorch users export', async () => {
    const file = onnxFile(
      [matrix],
      [label, probabilities],
      classifier('float_input', [1, -1], false),
    );

    const adopted = await adoptFile(house(), file);
    const { predictions, outputs } = await answersOf(adopted, [
      [1, 0.5],
      [0, 1],
    ]);

    expect(adopted.binding.inputs[0]?.features).toEqual(['width', 'height']);
    expect(adopted.binding.output).toEqual({ name: 'probabilities', column: 1 });
    // Softmax of -s and s is the logistic function of 2 s.
    expect(predictions[0]).toBeCloseTo(logistic(0.5), 6);
    expect(predictions[1]).toBeCloseTo(logistic(-1), 6);
    expect(outputs.map(({ name, datatype, shape }) => [name, datatype, shape])).toEqual([
      ['label', 'INT64', [2]],
      ['probabilities', 'FP32', [2, 2]],
    ]);
  });

  it('takes an input a column by its name, of any type of number, as scikit-learn users export', async () => {
    const file = onnxFile(
      [
        { name: 'height', type: 'int64', shape: ['N', 1] },
        { name: 'width', type: 'double', shape: ['N', 1] },
      ],
      [label, probabilities],
      [
        { op: 'Cast', from: ['height'], to: ['h'], attributes: [int('to', 1)] },
        { op: 'Cast', from: ['width'], to: ['w'], attributes: [int('to', 1)] },
        { op: 'Concat', from: ['h', 'w'], to: ['x'], attributes: [int('axis', 1)] },
        ...classifier('x', [1, -1], false),
      ],
    );

    const { predictions } = await answersOf(await adoptFile(house(), file), [[0.5, 1]]);

    expect(predictions[0]).toBeCloseTo(logistic(1 - 0.5), 6);
  });

  it('takes text and moments', async () => {
    const definition = house({
      features: { kind: category({ description: 'Kind' }), at: timestamp({ description: 'When' }) },
      target: { kind: 'regression', column: 'price' },
      gate: { metric: 'rmse', beatBaselineBy: 1 },
      derived: { hour: { kind: 'minute-of-day', from: 'at' } },
    });
    const file = onnxFile(
      [
        { name: 'kind', type: 'string', shape: ['N', 1] },
        { name: 'at', type: 'int64', shape: ['N', 1] },
      ],
      [
        { name: 'variable', type: 'float', shape: ['N', 1] },
        { name: 'echo', type: 'string', shape: ['N', 1] },
      ],
      [
        { op: 'Cast', from: ['at'], to: ['variable'], attributes: [int('to', 1)] },
        { op: 'Identity', from: ['kind'], to: ['echo'] },
      ],
    );
    const session = await openSession((await adoptFile(definition, file)).bytes);

    const { predictions, outputs } = await session.infer({
      rows: 2,
      numbers: new Float32Array(0),
      categories: ['flat', ''],
      times: Float64Array.of(1000, 2000),
    });
    await session.release();

    expect([...predictions]).toEqual([1000, 2000]);
    expect(outputs[1]).toMatchObject({ name: 'echo', datatype: 'BYTES', data: ['flat', ''] });
  });

  it('asks a graph for one row, as PyTorch exports it, row by row', async () => {
    const file = onnxFile(
      [{ name: 'x', type: 'float', shape: [1, 2] }],
      [{ name: 'y', type: 'float', shape: [1, 1] }],
      [
        { op: 'ReduceMax', from: ['x'], to: ['m'], attributes: [int('keepdims', 1)] },
        { op: 'Sigmoid', from: ['m'], to: ['y'] },
      ],
    );

    const { predictions, outputs } = await answersOf(await adoptFile(house(), file), [
      [0, 1],
      [3, 2],
    ]);

    expect(predictions[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(predictions[1]).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
    expect(outputs[0]?.shape).toEqual([2, 1]);
  });

  it('leaves the graph as it was, and says in its metadata what it found', async () => {
    const file = onnxFile(
      [matrix],
      [label, probabilities],
      classifier('float_input', [1, -1], false),
    );

    const { bytes } = await adoptFile(house(), file);

    expect(Buffer.from(bytes.subarray(0, file.length)).equals(Buffer.from(file))).toBe(true);
    expect(readMetadata(bytes)).toMatchObject({
      'tidemill.model': 'house',
      'tidemill.threshold': '0.3',
      'tidemill.signature': JSON.stringify({
        numbers: ['width', 'height'],
        categories: [],
        times: [],
        output: 'probability',
      }),
    });
  });

  it('takes hints where names say nothing', async () => {
    const sum: Value = { name: 'OUTPUT0', type: 'int32', shape: ['N', 2] };
    const file = onnxFile(
      [
        { name: 'INPUT0', type: 'int32', shape: ['N', 2] },
        { name: 'INPUT1', type: 'int32', shape: ['N', 2] },
      ],
      [sum],
      [{ op: 'Add', from: ['INPUT0', 'INPUT1'], to: ['OUTPUT0'] }],
    );
    const hints = {
      inputs: { INPUT0: ['width', 'height'], INPUT1: ['height', 'height'] },
      output: { name: 'OUTPUT0', column: 1 },
    };

    const { predictions } = await answersOf(await adoptFile(regression(), file, hints), [[1, 5]]);

    expect([...predictions]).toEqual([10]);
  });

  it.each([
    {
      name: 'probabilities in maps',
      file: onnxFile(
        [matrix],
        [label, { name: 'probabilities', map: true }],
        classifier('float_input', [1, -1], true),
      ),
      says: 'zipmap=False of onnxmltools',
    },
    {
      name: 'more columns than features',
      file: onnxFile(
        [{ ...matrix, shape: ['N', 3] }],
        [label, probabilities],
        classifier('float_input', [1, -1, 1], false),
      ),
      says: "input 'float_input' (FP32 [-1, 3]) has 3 columns, but the features found for it are: width, height; say which with --input float_input=<feature>,<feature>",
    },
    {
      name: 'a score that is no probability',
      file: onnxFile(
        [{ name: 'x', type: 'float', shape: ['N', 2] }],
        [{ name: 'y', type: 'float', shape: ['N', 1] }],
        [{ op: 'ReduceSum', from: ['x'], to: ['y'], attributes: [int('keepdims', 1)] }],
      ),
      says: "output 'y' answered",
    },
    {
      name: 'a fixed number of rows',
      file: onnxFile(
        [{ ...matrix, shape: [8, 2] }],
        [label, probabilities],
        classifier('float_input', [1, -1], false),
      ),
      says: "input 'float_input' of the ONNX file takes 8 rows a call",
    },
  ])('fails on $name, and says what to do', async ({ file, says }) => {
    await expect(adoptFile(house(), file)).rejects.toThrow(says);
  });

  it('fails on hints that name nothing', async () => {
    const file = onnxFile(
      [matrix],
      [label, probabilities],
      classifier('float_input', [1, -1], false),
    );

    await expect(
      adoptFile(house(), file, { inputs: { X: ['width'] }, output: { name: 'z' } }),
    ).rejects.toThrow(/there is no input 'X'; there are: float_input[\s\S]*there is no output 'z'/);
  });
});
