import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toInputBatch } from '../../../../core/data/columns.ts';
import { signatureOf } from '../../../../core/model/signature.ts';
import { GraphWriter } from '../../../../core/onnx/graph.ts';
import { METADATA, readMetadata } from '../../../../core/onnx/metadata.ts';
import { type ModelSession, openSession } from '../../../../core/onnx/session.ts';
import { gradientBoostedTrees } from '../../../../core/train/gradient-boosted-trees.ts';
import { MIXED_TASK, mixedTable } from '../train/tables.ts';

const task = {
  ...MIXED_TASK,
  target: { kind: 'binary', column: 'label', atLeast: 1, threshold: 0.4 },
} as const;
const training = mixedTable(300, 'binary');
let bytes: Uint8Array;
let session: ModelSession;

beforeAll(async () => {
  const model = await gradientBoostedTrees.fit({
    task,
    training,
    seed: 1,
    parameters: { trees: 3, minimumRowsInLeaf: 10 },
  });
  bytes = model.toOnnx({ metadata: { 'tidemill.run': 'r1' } });
  session = await openSession(bytes);
});

afterAll(() => session.release());

describe('openSession', () => {
  it('knows the signature, the threshold and what else the file says', () => {
    expect(session.signature).toEqual(signatureOf(task));
    expect(session.metadata).toEqual(readMetadata(bytes));
    expect(session.metadata).toMatchObject({
      [METADATA.model]: 'mixed',
      [METADATA.threshold]: '0.4',
      'tidemill.run': 'r1',
    });
  });

  it('predicts rows one by one as it does together', async () => {
    const together = await session.run(toInputBatch(training, session.signature, 0, 50));

    for (const row of [0, 7, 49]) {
      const alone = await session.run(toInputBatch(training, session.signature, row, row + 1));
      expect(alone).toHaveLength(1);
      expect(alone[0]).toBeCloseTo(together[row]!, 6);
    }
  });

  it('predicts the same of categories by their codes and by their texts', async () => {
    const batch = toInputBatch(training, session.signature, 0, 50);
    const dictionary = ['no row has it', ...new Set(batch.categories)];
    const codes = Int32Array.from(batch.categories, (text) => dictionary.indexOf(text));
    const wanted = await session.run(batch);
    const coded = await openSession(bytes, { coded: true });

    expect(await coded.run(batch)).toEqual(wanted);
    expect(await coded.run({ ...batch, categories: [], coded: { dictionary, codes } })).toEqual(
      wanted,
    );
    expect(new Set(batch.categories).size).toBeGreaterThan(1);
    await coded.release();
  });

  it('predicts no rows for none', async () => {
    const none = {
      rows: 0,
      numbers: new Float32Array(0),
      categories: [],
      times: new Float64Array(0),
    };

    expect(await session.run(none)).toHaveLength(0);
  });

  it('fails on a file that says nothing of its features', async () => {
    const graph = new GraphWriter();
    graph.output('y', 'float', graph.input('x', 'float', 1), 1);
    const foreign = graph.finish({ name: 'foreign', metadata: {} });

    await expect(openSession(foreign)).rejects.toThrow(
      "the ONNX file's metadata 'tidemill.signature' is missing",
    );
  });

  it('fails on bytes that are no model', async () => {
    await expect(openSession(Buffer.from('hello'))).rejects.toThrow('not an ONNX file');
  });
});
