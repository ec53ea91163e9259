import { describe, expect, it } from 'vitest';
import type { Columns } from '../../../../core/data/columns.ts';
import { category, number } from '../../../../core/model/features.ts';
import { gradientBoostedTrees } from '../../../../core/train/gradient-boosted-trees.ts';
import type { FitOptions, Iteration, TrainingTask } from '../../../../core/train/trainer.ts';
import { chance, numbers, table, texts } from './tables.ts';

type Target = TrainingTask['target'];

const BINARY = { kind: 'binary', column: 'label', atLeast: 1, threshold: 0.5 } as const;
const REGRESSION: Target = { kind: 'regression', column: 'label' };
const x = number({ description: 'of a test' });
const group = category({ description: 'of a test' });

function fit(
  features: TrainingTask['features'],
  target: Target,
  training: Columns,
  more: Partial<FitOptions> = {},
) {
  const task = { name: 'test', features, derived: {}, target };
  const parameters = { trees: 60, leaves: 8, minimumRowsInLeaf: 5, learningRate: 0.3, l2: 0 };
  return gradientBoostedTrees.fit({ task, training, seed: 3, parameters, ...more });
}

const at = (values: readonly number[]): Columns =>
  table(values.length, { numbers: { x: Float32Array.from(values) } });

function noise(rows: number, stream: number): Columns {
  const target = Float64Array.from({ length: rows }, (_, row) => {
    return Number(chance(row, stream + 1) < 0.3);
  });
  return table(rows, { numbers: { x: numbers(rows, (row) => chance(row, stream)) }, target });
}

describe('gradient-boosted trees', () => {
  it('learn XOR, which no single feature tells', async () => {
    const a = numbers(800, (row) => chance(row, 1));
    const b = numbers(800, (row) => chance(row, 2));
    const target = Float64Array.from(a, (value, row) => Number(value > 0.5 !== b[row]! > 0.5));
    const training = table(800, { numbers: { a, b }, target });

    const model = await fit({ a: x, b: x }, BINARY, training);

    const probes = table(4, {
      numbers: {
        a: Float32Array.of(0.2, 0.2, 0.8, 0.8),
        b: Float32Array.of(0.2, 0.8, 0.2, 0.8),
      },
    });
    expect([...model.predict(probes)].map(Math.round)).toEqual([0, 1, 1, 0]);
    expect(model.featureImportance['a']! + model.featureImportance['b']!).toBeCloseTo(1, 9);
  });

  it('learn the heights of a staircase', async () => {
    const values = numbers(900, (row) => row / 100);
    const target = Float64Array.from(values, (value) => 10 * Math.floor(value / 3));
    const training = table(900, { numbers: { x: values }, target });

    const model = await fit({ x }, REGRESSION, training);

    const predicted = model.predict(at([0.5, 2.9, 3.1, 5.9, 6.1, 8.5]));
    for (const [row, height] of [0, 0, 10, 10, 20, 20].entries()) {
      expect(predicted[row]).toBeCloseTo(height, 3);
    }
  });

  it.each([
    { like: 'high', height: 10 },
    { like: 'low', height: 0 },
  ])('send missing numbers to the side that they are like: $like', async ({ height }) => {
    const values = numbers(600, (row) => (row % 3 === 0 ? NaN : row));
    const target = Float64Array.from(values, (value) => {
      if (Number.isNaN(value)) return height;
      return value > 300 ? 10 : 0;
    });

    const model = await fit({ x }, REGRESSION, table(600, { numbers: { x: values }, target }));

    const [low, high, missing] = model.predict(at([1, 599, NaN]));
    expect(low).toBeCloseTo(0, 3);
    expect(high).toBeCloseTo(10, 3);
    expect(missing).toBeCloseTo(height, 3);
  });

  it('tell missing numbers from all others', async () => {
    const values = numbers(600, (row) => (row % 3 === 0 ? NaN : row));
    const target = Float64Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));

    const model = await fit({ x }, REGRESSION, table(600, { numbers: { x: values }, target }));

    const predicted = model.predict(at([-1e30, 300, 1e30, Infinity, NaN]));
    expect([...predicted].map(Math.round)).toEqual([0, 0, 0, 0, 1]);
  });

  it.each([0, 2])('tell apart categories without order, by %i rankings', async (rankings) => {
    const names = ['red', 'green', 'blue', 'grey', ''];
    const column = texts(1000, (row) => names[row % 5]!);
    const heights = [5, 1, 5, 1, 9];
    const target = Float64Array.from({ length: 1000 }, (_, row) => heights[row % 5]!);

    const training = table(1000, { categories: { group: column }, target });
    const parameters = { trees: 60, leaves: 8, learningRate: 0.3, l2: 0, rankings };
    const model = await fit({ group }, REGRESSION, training, { parameters });

    const probes = table(5, { categories: { group: texts(5, (row) => names[row]!) } });
    const predicted = model.predict(probes);
    for (const [row, height] of heights.entries()) expect(predicted[row]).toBeCloseTo(height, 3);
  });

  it.each([0, 2])('predict an unseen category as most rows, by %i rankings', async (rankings) => {
    const column = texts(1000, (row) => (row % 10 === 0 ? 'rare' : `usual ${row % 10}`));
    const target = Float64Array.from({ length: 1000 }, (_, row) => (row % 10 === 0 ? 8 : 2));

    const training = table(1000, { categories: { group: column }, target });
    const parameters = { trees: 60, leaves: 8, learningRate: 0.3, l2: 0, rankings };
    const model = await fit({ group }, REGRESSION, training, { parameters });

    const probes = table(1, { categories: { group: texts(1, () => 'never seen') } });
    expect(model.predict(probes)[0]).toBeCloseTo(2, 3);
  });

  it('leave no leaf with fewer rows than asked for', async () => {
    // The last rows are far from the others; splitting them off alone would gain most.
    const values = numbers(1000, (row) => row);
    const target = Float64Array.from(values, (value) => (value >= 980 ? 1 : 0));
    const training = table(1000, { numbers: { x: values }, target });
    const parameters = { trees: 1, leaves: 30, minimumRowsInLeaf: 50, learningRate: 1 };

    const model = await fit({ x }, BINARY, training, { parameters });

    const rowsByLeaf = new Map<number, number>();
    for (const value of model.predict(training)) {
      rowsByLeaf.set(value, (rowsByLeaf.get(value) ?? 0) + 1);
    }
    expect(rowsByLeaf.size).toBeGreaterThan(1);
    expect(Math.min(...rowsByLeaf.values())).toBeGreaterThanOrEqual(50);
  });

  it('predict the mean where there is nothing to split on', async () => {
    const target = Float64Array.from({ length: 90 }, (_, row) => row % 3);

    const model = await fit(
      { x },
      REGRESSION,
      table(90, { numbers: { x: numbers(90, () => 7) }, target }),
    );

    expect(model.predict(at([7]))[0]).toBeCloseTo(1, 6);
  });

  it.each([
    { monotone: 'increasing', sign: 1 },
    { monotone: 'decreasing', sign: -1 },
  ] as const)('only let the prediction go one way where told: $monotone', async (given) => {
    const values = numbers(600, (row) => row / 100);
    const wave = Float64Array.from(values, (value) => given.sign * value + 2 * Math.sin(3 * value));
    const task = { x: { ...x, monotone: given.monotone } };
    const training = table(600, { numbers: { x: values }, target: wave });

    const free = (await fit({ x }, REGRESSION, training)).predict(training);
    const told = (await fit(task, REGRESSION, training)).predict(training);

    const steps = (of: Float64Array): number[] =>
      [...of.subarray(1)].map((value, before) => given.sign * (value - of[before]!));
    expect(Math.min(...steps(free))).toBeLessThan(-0.01);
    expect(Math.min(...steps(told))).toBeGreaterThanOrEqual(-1e-6);
    expect(given.sign * (told.at(-1)! - told[0]!)).toBeGreaterThan(3);
  });

  it('count a row of weight three as three rows', async () => {
    const values = numbers(300, (row) => row % 2);
    const target = Float64Array.from(values, (value, row) => value * 10 + (row % 4 < 2 ? 0 : 4));
    const weights = Float64Array.from(values, (_, row) => (row % 4 < 2 ? 1 : 3));
    const training = { ...table(300, { numbers: { x: values }, target }), weights };

    const model = await fit({ x }, REGRESSION, training);

    // Means of 0 once and 4 thrice: 3.
    const [low, high] = model.predict(at([0, 1]));
    expect(low).toBeCloseTo(3, 2);
    expect(high).toBeCloseTo(13, 2);
  });

  it('tell several classes apart', async () => {
    const values = numbers(900, (row) => row / 100);
    const target = Float64Array.from(values, (value) => Math.floor(value / 3));
    const classes: Target = { kind: 'multiclass', column: 'label', classes: ['a', 'b', 'c'] };

    const training = table(900, { numbers: { x: values }, target });
    const model = await fit({ x }, classes, training);

    const probabilities = model.predict(at([1, 4.5, 8]));
    for (const [cell, expected] of [1, 0, 0, 0, 1, 0, 0, 0, 1].entries()) {
      expect(probabilities[cell]).toBeCloseTo(expected, 1);
    }
  });

  it.each([
    { more: { l1: 1e6 }, what: 'an L1 penalty above every gradient' },
    { more: { minimumGain: 1e9 }, what: 'a least gain above every gain' },
  ])('predict the mean under $what', async ({ more }) => {
    const values = numbers(200, (row) => row);
    const target = Float64Array.from(values, (value) => Number(value > 100));
    const training = table(200, { numbers: { x: values }, target });

    const model = await fit({ x }, REGRESSION, training, { parameters: { trees: 5, ...more } });

    expect(model.predict(at([1]))[0]).toBeCloseTo(0.495, 3);
    expect(model.predict(at([199]))[0]).toBeCloseTo(0.495, 3);
  });

  it('ask about few features and rows where told, and still learn', async () => {
    const a = numbers(2000, (row) => chance(row, 1));
    const b = numbers(2000, (row) => chance(row, 2));
    const target = Float64Array.from(a, (value, row) => value + b[row]!);
    const training = table(2000, { numbers: { a, b }, target });
    const parameters = { trees: 100, leaves: 8, featureSample: 0.5, rowSample: 0.5 };

    const model = await fit({ a: x, b: x }, REGRESSION, training, { parameters });

    const errors = model.predict(training).map((value, row) => Math.abs(value - target[row]!));
    expect(errors.reduce((sum, error) => sum + error, 0) / 2000).toBeLessThan(0.05);
  });

  it('come to an end where one value is beyond all others and trees see some of the rows', async () => {
    const values = numbers(700, (row) => row);
    const target = Float64Array.from(values, (value) => (value === 5 ? 1e12 : value));
    const training = table(700, { numbers: { x: values }, target });
    const parameters = { trees: 20, rowSample: 0.6 };

    const model = await fit({ x }, REGRESSION, training, { parameters });

    expect(model.iterations).toHaveLength(20);
    expect(model.predict(training).every(Number.isFinite)).toBe(true);
  });

  it.each([2, 3])('have the same bytes on %i threads as on one', async (threads) => {
    const training = noise(20_000, 5);

    const one = await fit({ x }, BINARY, training, { threads: 1 });
    const several = await fit({ x }, BINARY, training, { threads });

    expect(Buffer.from(several.toOnnx()).equals(one.toOnnx())).toBe(true);
  });

  it('have the same bytes on two threads where splits share orders of categories', async () => {
    const { target } = noise(20_000, 5);
    const column = texts(20_000, (row) => `group ${Math.floor(chance(row, 7) * 40)}`);
    const training = table(20_000, { categories: { group: column }, target });
    const parameters = { trees: 10, leaves: 20, rankings: 2 };

    const one = await fit({ group }, BINARY, training, { threads: 1, parameters });
    const two = await fit({ group }, BINARY, training, { threads: 2, parameters });

    expect(Buffer.from(two.toOnnx()).equals(one.toOnnx())).toBe(true);
  });

  it('fails to calibrate without validation rows', async () => {
    const target: Target = { ...BINARY, calibration: 'sigmoid' };
    await expect(fit({ x }, target, noise(100, 1))).rejects.toThrow(
      "model 'test' asks for sigmoid calibration, but there are no validation rows",
    );
  });

  it('stop when the validation loss stops falling, and keep the best', async () => {
    const seen: Iteration[] = [];

    const model = await fit({ x }, BINARY, noise(500, 1), {
      validation: noise(500, 10),
      patience: 4,
      onProgress: (iteration) => seen.push(iteration),
    });

    const losses = seen.map(({ validationLoss }) => validationLoss!);
    expect(seen).toEqual(model.iterations);
    expect(seen.length).toBeLessThan(60);
    expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 1 - 4);
    expect(seen.at(-1)!.trainingLoss).toBeLessThan(seen[0]!.trainingLoss);
  });

  it.each([
    { parameters: { bins: 256 }, problem: "trainer parameter 'bins' is 256" },
    { parameters: { trees: 1.5 }, problem: "trainer parameter 'trees' is 1.5" },
    { parameters: { l2: NaN }, problem: "trainer parameter 'l2' is NaN" },
  ])('fails on $parameters', async ({ parameters, problem }) => {
    await expect(fit({ x }, BINARY, at([1, 2]), { parameters })).rejects.toThrow(problem);
  });

  it('fails without rows, and without anything to learn from', async () => {
    await expect(fit({ x }, BINARY, at([]))).rejects.toThrow("no rows to train 'test' on");
    await expect(fit({}, BINARY, at([1]))).rejects.toThrow(
      "model 'test' has nothing to learn from",
    );
  });
});
