import { describe, expect, it } from 'vitest';
import { fitTargetStatistic } from '../../../../core/train/target-statistic.ts';
import { chance, texts } from './tables.ts';

describe('fitTargetStatistic', () => {
  it('gives each category its smoothed mean, missing its own, unseen the overall mean', () => {
    const column = texts(6, (row) => ['a', 'a', 'b', 'b', 'b', ''][row]!);
    const target = Float64Array.of(1, 1, 0, 0, 1, 0);

    const { code } = fitTargetStatistic('city', column, target, 2, 1);

    // (sum + 2 × 1/2) / (rows + 2)
    expect(code.values.get('a')).toBe(Math.fround(3 / 4));
    expect(code.values.get('b')).toBe(Math.fround(2 / 5));
    expect(code.values.get('')).toBe(Math.fround(1 / 3));
    expect(code.unseen).toBe(0.5);
  });

  it('tells a training row nothing of its own target', () => {
    // Every row has a category of its own, so the others' targets say nothing about it.
    const rows = 500;
    const column = texts(rows, String);
    const target = Float64Array.from({ length: rows }, (_, row) => Number(chance(row, 1) > 0.5));

    const { outOfFold } = fitTargetStatistic('id', column, target, 5, 1);

    expect(new Set(outOfFold).size).toBe(1);
  });
});
