import { beforeAll, describe, expect, it } from 'vitest';
import { toInputBatch } from '../../../core/data/columns.ts';
import { defineModel } from '../../../core/model/index.ts';
import { openSession } from '../../../core/onnx/session.ts';
import type { Evaluation } from '../../../core/pipeline/evaluation.ts';
import { readJson } from '../../../core/pipeline/run-files.ts';
import { parcelDeclaration, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { createStepRunner, type StepRunner } from '../../fakes/step-runner.ts';

/** Which depot sent it? Its letter is told by the row's number, and that by the minute of the day. */
const definition = defineModel({
  ...parcelDeclaration,
  target: { kind: 'multiclass', column: 'depot', classes: ['A', 'B', 'C', 'D'] },
  features: {
    sent: parcelDeclaration.features['sent']!,
    weight: parcelDeclaration.features['weight']!,
  },
  gate: { metric: 'log-loss', beatBaselineBy: -10 },
  monitors: {},
});

let runner: StepRunner;

beforeAll(async () => {
  runner = createStepRunner();
  await inScratchFolder((scratch) =>
    putParcels(runner.objects, scratch, { from: '2001-01-01', days: 11, rowsADay: 300 }),
  );
});

describe('a target of several classes', () => {
  it('trains, is judged and registered as any other', async () => {
    for (const [step, candidate] of [
      ['prepare', 0],
      ['train', 0],
      ['train', 1],
      ['evaluate', 0],
      ['register', 0],
      ['promote', 0],
    ] as const) {
      expect(await runner.run(step, { definition, candidate })).toBe(0);
    }
    const evaluation = await readJson<Evaluation>(
      runner.objects,
      'runs/late-parcel/run-1/evaluation.json',
    );
    expect(Object.keys(evaluation.metrics)).toEqual(['accuracy', 'log-loss', 'auc']);
    // Four classes of equal size, of which the baseline knows nothing more: ln 4.
    expect(evaluation.baseline['log-loss']).toBeCloseTo(Math.log(4), 2);
    expect(evaluation.confusion?.counts.flat().reduce((sum, count) => sum + count)).toBe(600);
    expect(evaluation.improvements.baseline).toBeDefined();
  });

  it('gives a file with a probability for each class', async () => {
    const session = await openSession(
      await runner.objects.get('versions/late-parcel/1/model.onnx'),
    );
    const columns = {
      rows: 2,
      numbers: { weight: Float32Array.of(1, 40) },
      categories: {},
      times: { sent: Float64Array.of(0, 1e12) },
      target: new Float64Array(0),
    };
    const outputs = await session.run(toInputBatch(columns, session.signature));
    expect(outputs).toHaveLength(8);
    expect(outputs.slice(0, 4).reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
  });

  it('stops on a class that nobody declared', async () => {
    const fewer = {
      ...definition,
      target: { kind: 'multiclass', column: 'depot', classes: ['A', 'B', 'C'] },
    } as const;
    expect(await runner.run('prepare', { definition: fewer, runId: 'run-2' })).toBe(2);
    expect(runner.said.at(-1)).toContain(
      "target column 'depot' has values that are no declared class: 'D' (",
    );
  });
});
