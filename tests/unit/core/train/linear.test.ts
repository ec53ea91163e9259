import { describe, expect, it } from 'vitest';
import { category, number } from '../../../../core/model/features.ts';
import { linear } from '../../../../core/train/linear.ts';
import { chance, numbers, table, texts } from './tables.ts';

const description = 'of a test';
const features = { a: number({ description }), b: number({ description }) };
const ROWS = 60;
const a = numbers(ROWS, (row) => ((row * 37) % 61) / 10);
const b = numbers(ROWS, (row) => ((row * 53) % 59) * 100 + 5);
const ripple = (row: number): number => ((row * 17) % 13) / 4;

describe('linear', () => {
  // scikit-learn 1.2.1, LogisticRegression(C=1/l2, solver='newton-cg') on columns of mean 0 and deviation 1:
  // predict_proba of rows 0, 1 and 29
  it.each([
    { l2: 1, expected: [0.035670115995, 0.80084094551, 0.794787998909] },
    { l2: 10, expected: [0.219302957586, 0.652554108767, 0.683406223633] },
  ])('gives the probabilities of scikit-learn for an L2 penalty of $l2', async (given) => {
    const target = Float64Array.from(a, (value, row) => Number(value + ripple(row) > 4.5));
    const training = table(ROWS, { numbers: { a, b }, target });
    const task = {
      name: 'test',
      derived: {},
      features,
      target: { kind: 'binary', column: 'y', atLeast: 1, threshold: 0.5 },
    } as const;

    const model = await linear.fit({ task, training, parameters: { l2: given.l2 }, seed: 1 });

    const predicted = model.predict(training);
    for (const [at, row] of [0, 1, 29].entries()) {
      expect(predicted[row]).toBeCloseTo(given.expected[at]!, 9);
    }
  });

  // scikit-learn 1.2.1, Ridge(alpha=l2, solver='cholesky') on the same columns
  it.each([
    { l2: 1, expected: [1.757767020187, 1.90548596133, 11.663747263859] },
    { l2: 10, expected: [2.181186261624, 2.218347322416, 10.870229603965] },
  ])('gives the values of scikit-learn for an L2 penalty of $l2', async (given) => {
    const target = Float64Array.from(
      { length: ROWS },
      (_, row) =>
        (3 * ((row * 37) % 61)) / 10 - 0.002 * (((row * 53) % 59) * 100 + 5) + ripple(row),
    );
    const training = table(ROWS, { numbers: { a, b }, target });
    const task = {
      name: 'test',
      derived: {},
      features,
      target: { kind: 'regression', column: 'y' },
    } as const;

    const model = await linear.fit({ task, training, parameters: { l2: given.l2 }, seed: 1 });

    const predicted = model.predict(training);
    for (const [at, row] of [0, 1, 29].entries()) {
      expect(predicted[row]).toBeCloseTo(given.expected[at]!, 5);
    }
  });

  it('takes a missing number for the mean, and an unseen category for the average', async () => {
    const city = texts(ROWS, (row) => (row % 2 === 0 ? 'even' : 'odd'));
    const values = numbers(ROWS, (row) => (row === 5 ? NaN : row % 7));
    const target = Float64Array.from({ length: ROWS }, (_, row) => (row % 7) + 4 * (row % 2));
    const training = table(ROWS, { numbers: { a: values }, categories: { city }, target });
    const task = {
      name: 'test',
      derived: {},
      features: { a: number({ description }), city: category({ description }) },
      target: { kind: 'regression', column: 'y' },
    } as const;

    const model = await linear.fit({
      task,
      training,
      parameters: { l2: 0, smoothing: 0 },
      seed: 1,
    });

    const known = values.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const [missing, average, odd] = model.predict(
      table(3, {
        numbers: { a: Float32Array.of(NaN, mean, mean) },
        categories: { city: texts(3, (row) => ['unseen', 'unseen', 'odd'][row]!) },
      }),
    );
    expect(missing).toBeCloseTo(average!, 6);
    expect(odd).toBeGreaterThan(average! + 1);
  });

  it('stays finite where a column says the target, one is constant and two are the same', async () => {
    const same = numbers(ROWS, (row) => chance(row, 1));
    const target = Float64Array.from(same, (value) => Number(value > 0.5));
    const training = table(ROWS, {
      numbers: { a: same, b: same, c: numbers(ROWS, () => 3), d: Float32Array.from(target) },
      target,
    });
    const feature = number({ description });
    const task = {
      name: 'test',
      derived: {},
      features: { a: feature, b: feature, c: feature, d: feature },
      target: { kind: 'binary', column: 'y', atLeast: 1, threshold: 0.5 },
    } as const;

    const model = await linear.fit({ task, training, parameters: { l2: 0 }, seed: 1 });

    expect([...model.predict(training)].map(Math.round)).toEqual([...target]);
  });
});
