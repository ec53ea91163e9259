import { describe, expect, it } from 'vitest';
import { type Hybrid, shapleyValues } from '../../../../core/explain/shapley.ts';

/** Asks a function of rows, given the explained row and those of the background. */
function outputsOf(
  model: (row: readonly number[]) => number,
  row: readonly number[],
  background: readonly (readonly number[])[],
) {
  return async (hybrids: readonly Hybrid[]): Promise<Float64Array> =>
    Float64Array.from(hybrids, ({ taken, background: other }) =>
      model(row.map((value, at) => (taken[at] === 1 ? value : background[other]![at]!))),
    );
}

function explain(
  model: (row: readonly number[]) => number,
  row: readonly number[],
  background: readonly (readonly number[])[],
) {
  return shapleyValues({
    features: row.length,
    background: background.length,
    outputsOf: outputsOf(model, row, background),
  });
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** Each value times its place, and the product of two of them. */
const model = (values: readonly number[]): number =>
  values.reduce((total, value, at) => total + at * value, values[3]! * values[7]!);

describe('shapleyValues', () => {
  it('of a linear model are its coefficients times the distance from the mean', async () => {
    const weights = [3, -2, 0.5];
    const background = [
      [0, 1, 2],
      [4, 3, -2],
    ];

    const { values, mean, exact } = await explain(
      (row) => row.reduce((total, value, at) => total + weights[at]! * value, 7),
      [5, 5, 5],
      background,
    );

    // The background's mean is (2, 2, 0): 3 (5 - 2), -2 (5 - 2), 0.5 (5 - 0).
    expect([...values].map((value) => Number(value.toFixed(12)))).toEqual([9, -6, 2.5]);
    expect(mean).toBe(7 + 6 - 4);
    expect(exact).toBe(true);
  });

  it('of a product share what neither does alone', async () => {
    const { values } = await explain(([x = 0, y = 0]) => x * y, [3, 4], [[1, 2]]);

    // (x - a)(y + b) / 2 and (y - b)(x + a) / 2, from the two orders.
    expect([...values]).toEqual([((3 - 1) * (4 + 2)) / 2, ((4 - 2) * (3 + 1)) / 2]);
  });

  it('of a feature that changes nothing are 0, and of two alike the same', async () => {
    const { values } = await explain(([x = 0, y = 0]) => Math.max(x, y), [1, 1, 9], [[0, 0, 0]]);

    expect([...values]).toEqual([0.5, 0.5, 0]);
  });

  it('of many features are sampled, the same each time, and add up', async () => {
    const row = Array.from({ length: 14 }, (_, at) => at);
    const background = [row.map(() => 1), row.map((value) => -value)];

    const first = await explain(model, row, background);
    const second = await explain(model, row, background);

    expect(first).toEqual(second);
    expect(first.exact).toBe(false);
    expect(first.mean + sum(first.values)).toBeCloseTo(model(row), 9);
    // What is linear needs no sampling: 13 (13 - mean of 1 and -13).
    expect(first.values[13]).toBeCloseTo(13 * (13 - (1 - 13) / 2), 9);
    // The product's two orders come in pairs, so that each half of it is exact as well.
    expect(first.values[3]! - 3 * (3 - (1 - 3) / 2)).toBeCloseTo(
      ((3 - 1) * (7 + 1) + (3 + 3) * (7 - 7)) / 4,
      9,
    );
  });
});
