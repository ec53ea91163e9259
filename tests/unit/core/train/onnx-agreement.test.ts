import { describe, expect, it } from 'vitest';
import { type Columns, toInputBatch } from '../../../../core/data/columns.ts';
import type { Algorithm } from '../../../../core/model/definition.ts';
import { openSession } from '../../../../core/onnx/session.ts';
import { accuracy } from '../../../../core/train/metrics/classes.ts';
import type { TrainingTask } from '../../../../core/train/trainer.ts';
import { TRAINERS } from '../../../../core/train/trainers.ts';
import { chance, MIXED_TASK, mixedTable, numbers, table } from './tables.ts';

const BINARY = { kind: 'binary', column: 'label', atLeast: 1, threshold: 0.5 } as const;
const TARGETS: readonly TrainingTask['target'][] = [
  BINARY,
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

function only<Value>(all: Readonly<Record<string, Value>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

async function expectAgreement(
  algorithm: Algorithm,
  task: TrainingTask,
  training: Columns,
  validation?: Columns,
) {
  const parameters = { trees: 10, leaves: 8, minimumRowsInLeaf: 5 };
  const model = await TRAINERS[algorithm].fit({
    task,
    training,
    parameters,
    seed: 1,
    ...(validation && { validation }),
  });
  const session = await openSession(model.toOnnx());
  const fromFile = await session.run(toInputBatch(training, session.signature));
  const errors = model.predict(training).map((value, row) => Math.abs(value - fromFile[row]!));
  expect(errors.filter((error) => !(error <= 1e-5))).toHaveLength(0);
  await session.release();
  return model;
}

const CLASSES: TrainingTask['target'] = {
  kind: 'multiclass',
  column: 'label',
  classes: ['small', 'medium', 'large'],
};

describe('the file of several classes', () => {
  it('gives the probabilities of the trainer and the likeliest label', async () => {
    const training = mixedTable(3000, 'multiclass');
    const model = await TRAINERS['gradient-boosted-trees'].fit({
      task: { ...MIXED_TASK, target: CLASSES },
      training,
      parameters: { trees: 20, leaves: 15 },
      seed: 1,
    });
    const later = mixedTable(500, 'multiclass', true);
    const session = await openSession(model.toOnnx());

    const { predictions, outputs } = await session.infer(toInputBatch(later, session.signature));

    const fromTrainer = model.predict(later);
    expect(predictions).toHaveLength(3 * 500);
    expect(accuracy(training.target, model.predict(training))).toBeGreaterThan(0.8);
    expect(
      fromTrainer.filter((value, at) => !(Math.abs(value - predictions[at]!) <= 1e-5)),
    ).toEqual(Float64Array.of());
    const labels = outputs.find(({ name }) => name === 'label')!.data;
    const classes = session.signature.classes!;
    for (const [row, label] of [...labels].entries()) {
      const own = [...predictions.subarray(3 * row, 3 * row + 3)];
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(label).toBe(classes[own.indexOf(Math.max(...own))]);
    }
    await session.release();
  });
});

describe.each(ALGORITHMS)('the calibrated file of %s', (algorithm) => {
  it.each(['isotonic', 'sigmoid'] as const)('predicts as the trainer does: %s', async (kind) => {
    const target: TrainingTask['target'] = { ...BINARY, calibration: kind };
    const task = { ...MIXED_TASK, target };

    await expectAgreement(algorithm, task, mixedTable(2000, 'binary'), mixedTable(900, 'binary'));
  });
});

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

  it('predicts as the trainer does where splits share orders of categories', async () => {
    const parameters = { trees: 30, leaves: 15, minimumRowsInLeaf: 10, rankings: 2 };
    const model = await TRAINERS[algorithm].fit({
      task: { ...MIXED_TASK, target: TARGETS[0]! },
      training: mixedTable(3000, 'binary'),
      parameters,
      seed: 1,
    });
    const later = mixedTable(2000, 'binary', true);
    const session = await openSession(model.toOnnx());

    const fromFile = await session.run(toInputBatch(later, session.signature));

    const errors = model.predict(later).map((value, row) => Math.abs(value - fromFile[row]!));
    expect(errors.filter((error) => !(error <= 1e-5))).toHaveLength(0);
    await session.release();
  });

  it('has the same bytes when fitted again with the same seed, and others with another', async () => {
    const first = await bytesWith(algorithm, 1);

    expect(first.equals(await bytesWith(algorithm, 1))).toBe(true);
    expect(first.equals(await bytesWith(algorithm, 2))).toBe(false);
  });

  it.each([
    { only: 'numbers', features: ['amount', 'weight'], derived: [] },
    { only: 'a category', features: ['city'], derived: [] },
    { only: 'a number from a time', features: ['at'], derived: ['minute'] },
    { only: 'a number, beside a time that nothing uses', features: ['weight', 'at'], derived: [] },
  ])('predicts from $only as the trainer does', async ({ features, derived }) => {
    const task = {
      name: 'few',
      target: TARGETS[0]!,
      features: only(MIXED_TASK.features, features),
      derived: only(MIXED_TASK.derived, derived),
    };

    await expectAgreement(algorithm, task, mixedTable(500, 'binary'));
  });

  it('predicts from ten numbers as the trainer does', async () => {
    const names = Array.from({ length: 10 }, (_, at) => `x${at}`);
    const columns = names.map((_, at) => numbers(500, (row) => chance(row, at)));
    const target = Float64Array.from({ length: 500 }, (_, row) =>
      Number(columns[9]![row]! + columns[0]![row]! > 1),
    );
    const byName = (values: readonly unknown[]) => names.map((name, at) => [name, values[at]]);
    const task = {
      name: 'wide',
      target: TARGETS[0]!,
      features: Object.fromEntries(byName(names.map(() => MIXED_TASK.features.amount))),
      derived: {},
    };

    const training = table(500, { numbers: Object.fromEntries(byName(columns)), target });
    const model = await expectAgreement(algorithm, task, training);

    // The last column lies beyond the eight that one pass over the rows adds up.
    expect(model.featureImportance['x9']).toBeGreaterThan(0.2);
    expect(model.featureImportance['x5']).toBeLessThan(0.2);
  });

  it('predicts the mean of a target that is always the same', async () => {
    const task = { ...MIXED_TASK, target: TARGETS[1]! };
    const training = { ...mixedTable(300, 'regression'), target: new Float64Array(300).fill(7) };

    const model = await expectAgreement(algorithm, task, training);

    expect(model.predict(training)[0]).toBeCloseTo(7, 5);
  });
});
