import { describe, expect, it } from 'vitest';
import { improvementInterval } from '../../../../core/pipeline/improvement.ts';
import { hashOf } from '../../../../core/train/random.ts';

const ROWS = 400;
const chance = (seed: number, row: number): number => hashOf(seed, row) / 2 ** 32;
const each = (value: (row: number) => number): Float64Array =>
  Float64Array.from({ length: ROWS }, (_, row) => value(row));

const truth = each((row) => Number(chance(1, row) < 0.4));
/** The larger the noise, the less it tells. */
const scores = (seed: number, noise: number): Float64Array =>
  each((row) => (truth[row]! + noise * chance(seed, row)) / (1 + noise));

const compare = (
  metric: 'auc' | 'log-loss' | 'rmse' | 'mae',
  candidate: Float64Array,
  other: Float64Array,
) => improvementInterval({ metric, truth, candidate, other });

describe('improvementInterval', () => {
  it.each(['auc', 'log-loss', 'rmse', 'mae'] as const)(
    'is sure of a much better model, and of a much worse one, by %s',
    (metric) => {
      const [good, bad] = [scores(2, 2), scores(3, 20)];
      expect(compare(metric, good, bad).low).toBeGreaterThan(0);
      expect(compare(metric, bad, good).high).toBeLessThan(0);
    },
  );

  it.each(['auc', 'log-loss', 'rmse', 'mae'] as const)(
    'does not exclude that two models of the same kind are equal, by %s',
    (metric) => {
      const { low, high } = compare(metric, scores(2, 5), scores(3, 5));
      expect(low).toBeLessThan(0);
      expect(high).toBeGreaterThan(0);
    },
  );

  it('is exactly zero for the same predictions', () => {
    const { low, high } = compare('auc', scores(2, 5), scores(2, 5));
    expect([low, high]).toEqual([0, 0]);
  });

  it('is as wide as theory says for a mean of differences', () => {
    // The improvement in MAE is a mean of ROWS independent differences, 0 or 1 with even chances:
    // its standard error is 0.5 / sqrt(400) = 0.025, and 95 % are 3.92 of them.
    const candidate = each((row) => truth[row]! + Number(chance(5, row) < 0.5));
    const other = each((row) => truth[row]! + 1);
    const { low, high } = improvementInterval({ metric: 'mae', truth, candidate, other });
    expect((high - low) / 0.025).toBeCloseTo(3.92, 1);
  });

  it('is, of AUC, that of DeLong', () => {
    // Worked by hand. Of positives at 0.9, 0.6, 0.3 and negatives at 0.7, 0.2, the candidate has
    // placements 1, 1/2, 1/2 and 1/3, 1: AUC 2/3, influences (1/3, -1/6, -1/6)/√6 and (-1/3, 1/3)/√2.
    // The other one ranks all the same, so that it has AUC 1/2 and none of them.
    const five = Float64Array.of(1, 1, 1, 0, 0);
    const candidate = Float64Array.of(0.9, 0.6, 0.3, 0.7, 0.2);
    const other = new Float64Array(5);
    const { low, high } = improvementInterval({ metric: 'auc', truth: five, candidate, other });

    const error = Math.sqrt((1 / 9 + 1 / 36 + 1 / 36) / 6 + (1 / 9 + 1 / 9) / 2);
    expect((high + low) / 2).toBeCloseTo(1 / 6, 12);
    expect((high - low) / 2).toBeCloseTo(1.959964 * error, 5);
  });

  it('takes several classes each against the rest', () => {
    const three = Float64Array.of(0, 1, 2, 0, 1, 2);
    const candidate = Float64Array.from(
      [...three].flatMap((label) => [0, 1, 2].map((at) => (at === label ? 0.8 : 0.1))),
    );
    const other = new Float64Array(18).fill(1 / 3);
    const { low, high } = improvementInterval({ metric: 'auc', truth: three, candidate, other });

    // Perfect against chance, without a row that stands out.
    expect(low).toBeCloseTo(0.5, 12);
    expect(high).toBeCloseTo(0.5, 12);
  });
});
