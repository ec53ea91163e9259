import { describe, expect, it } from 'vitest';
import { bootstrapImprovement } from '../../../../../core/train/metrics/bootstrap.ts';
import { hashOf } from '../../../../../core/train/random.ts';

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
) => bootstrapImprovement({ metric, truth, candidate, other, seed: 17, resamples: 300 });

describe('bootstrapImprovement', () => {
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
    const { low, high } = bootstrapImprovement({
      metric: 'mae',
      truth,
      candidate,
      other,
      seed: 3,
      resamples: 2000,
    });
    expect((high - low) / 0.025).toBeGreaterThan(3.6);
    expect((high - low) / 0.025).toBeLessThan(4.3);
  });

  it('gives the same interval for the same seed, and another one for another', () => {
    const pair = { metric: 'auc', truth, candidate: scores(2, 5), other: scores(3, 6) } as const;
    const of = (seed: number) => bootstrapImprovement({ ...pair, seed, resamples: 100 });
    expect(of(1)).toEqual(of(1));
    expect(of(1).low).not.toBe(of(2).low);
  });

  it('leaves out draws in which the metric is undefined', () => {
    // Of two rows of two classes, half of the draws have only one.
    const two = { truth: Float64Array.of(0, 1), candidate: Float64Array.of(0.1, 0.9) };
    const other = Float64Array.of(0.9, 0.1);
    const { low, high } = bootstrapImprovement({ metric: 'auc', ...two, other, seed: 1 });
    expect([low, high]).toEqual([1, 1]);
  });
});
