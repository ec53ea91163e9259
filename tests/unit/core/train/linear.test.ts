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

function twice(values: Float32Array): Float32Array {
  return Float32Array.of(...values, ...values.subarray(0, 10));
}

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

  it('learns what it means that a number is missing', async () => {
    const values = numbers(ROWS, (row) => (row % 3 === 0 ? NaN : row));
    const target = Float64Array.from(values, (value) => (Number.isNaN(value) ? 7 : 2 * value + 1));
    const training = table(ROWS, { numbers: { a: values }, target });
    const task = {
      name: 'test',
      derived: {},
      features: { a: number({ description }) },
      target: { kind: 'regression', column: 'y' },
    } as const;

    const model = await linear.fit({ task, training, parameters: { l2: 0 }, seed: 1 });

    const probes = table(2, { numbers: { a: Float32Array.of(NaN, 10) } });
    const [missing, ten] = model.predict(probes);
    expect(missing).toBeCloseTo(7, 6);
    expect(ten).toBeCloseTo(21, 6);
  });

  it('takes a category that it never saw for the average', async () => {
    const city = texts(ROWS, (row) => (row % 2 === 0 ? 'even' : 'odd'));
    const target = Float64Array.from({ length: ROWS }, (_, row) => 4 * (row % 2));
    const training = table(ROWS, { categories: { city }, target });
    const task = {
      name: 'test',
      derived: {},
      features: { city: category({ description }) },
      target: { kind: 'regression', column: 'y' },
    } as const;

    const parameters = { l2: 0, smoothing: 0 };
    const model = await linear.fit({ task, training, parameters, seed: 1 });

    const names = ['unseen', 'odd', 'even'];
    const probes = table(3, { categories: { city: texts(3, (row) => names[row]!) } });
    const [unseen, odd, even] = model.predict(probes);
    expect(unseen).toBeCloseTo((odd! + even!) / 2, 6);
    expect(odd! - even!).toBeGreaterThan(3);
  });

  it('counts a row of weight two as two rows', async () => {
    const target = Float64Array.from(a, (value, row) => Number(value + ripple(row) > 4.5));
    const weights = Float64Array.from(a, (_, row) => (row < 10 ? 2 : 1));
    const task = {
      name: 'test',
      derived: {},
      features,
      target: { kind: 'binary', column: 'y', atLeast: 1, threshold: 0.5 },
    } as const;
    // On the same scale for both: columns are standardised by their own rows.
    const parameters = { l2: 0 };

    const weighted = await linear.fit({
      task,
      training: { ...table(ROWS, { numbers: { a, b }, target }), weights },
      parameters,
      seed: 1,
    });
    const doubled = await linear.fit({
      task,
      training: table(ROWS + 10, {
        numbers: { a: twice(a), b: twice(b) },
        target: Float64Array.of(...target, ...target.subarray(0, 10)),
      }),
      parameters,
      seed: 1,
    });

    const probes = table(ROWS, { numbers: { a, b } });
    const other = doubled.predict(probes);
    for (const [row, probability] of weighted.predict(probes).entries()) {
      expect(probability).toBeCloseTo(other[row]!, 6);
    }
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
