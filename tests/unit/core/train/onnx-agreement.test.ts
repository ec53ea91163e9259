import { describe, expect, it } from 'vitest';
import { toInputBatch } from '../../../../core/data/columns.ts';
import type { Algorithm } from '../../../../core/model/definition.ts';
import { openSession } from '../../../../core/onnx/session.ts';
import type { TrainingTask } from '../../../../core/train/trainer.ts';
import { TRAINERS } from '../../../../core/train/trainers.ts';
import { MIXED_TASK, mixedTable } from './tables.ts';

const TARGETS: readonly TrainingTask['target'][] = [
  { kind: 'binary', column: 'label', atLeast: 1, threshold: 0.5 },
  { kind: 'regression', column: 'label' },
];
const ALGORITHMS: readonly Algorithm[] = ['gradient-boosted-trees', 'linear'];

async function bytesWith(algorithm: Algorithm, seed: number): Promise<Buffer> {
  const model = await TRAINERS[algorithm].fit({
    task: { ...MIXED_TASK, target: TARGETS[0]! },
    training: mixedTable(1000, 'binary'),
    parameters: { trees: 5, leaves: 8 },
    seed,
  });
  return Buffer.from(model.toOnnx());
}

describe.each(ALGORITHMS)('the file of %s', (algorithm) => {
  it.each(TARGETS)('predicts a $kind target as the trainer does, on every row', async (target) => {
    const model = await TRAINERS[algorithm].fit({
      task: { ...MIXED_TASK, target },
      training: mixedTable(3000, target.kind),
      parameters: { trees: 30, leaves: 15, minimumRowsInLeaf: 10 },
      seed: 1,
    });
    const later = mixedTable(2000, target.kind, true);
    const session = await openSession(model.toOnnx());

    const fromFile = await session.run(toInputBatch(later, session.signature));
    const fromTrainer = model.predict(later);

    // Relative for values, of which a 32-bit float keeps seven digits.
    const errors = fromTrainer.map(
      (value, row) => Math.abs(value - fromFile[row]!) / Math.max(1, Math.abs(value)),
    );
    expect(errors.filter((error) => !(error <= 1e-5))).toHaveLength(0);
    expect(new Set(fromTrainer).size).toBeGreaterThan(100);
    await session.release();
  });

  it('has the same bytes when fitted again with the same seed, and others with another', async () => {
    const first = await bytesWith(algorithm, 1);

    expect(first.equals(await bytesWith(algorithm, 1))).toBe(true);
    expect(first.equals(await bytesWith(algorithm, 2))).toBe(false);
  });
});
