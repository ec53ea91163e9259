import { describe, expect, it } from 'vitest';
import { fitBaseline } from '../../../../core/train/baseline.ts';
import { table, texts } from './tables.ts';

const ORIGINS = ['A', 'A', 'B', 'B', ''];
const DAYS = ['mon', 'tue', 'mon', 'mon', 'mon'];
const training = table(5, {
  categories: { origin: texts(5, (row) => ORIGINS[row]!), day: texts(5, (row) => DAYS[row]!) },
  target: Float64Array.of(0, 1, 1, 1, 0),
});
const probe = (origin: string, day: string) =>
  table(1, { categories: { origin: texts(1, () => origin), day: texts(1, () => day) } });

describe('fitBaseline', () => {
  it.each([
    { by: [], origin: 'A', day: 'mon', expected: 3 / 5 },
    { by: ['origin'], origin: 'A', day: 'mon', expected: 1 / 2 },
    { by: ['origin'], origin: 'B', day: 'tue', expected: 1 },
    { by: ['origin'], origin: '', day: 'mon', expected: 0 },
    { by: ['origin'], origin: 'never seen', day: 'mon', expected: 3 / 5 },
    { by: ['origin', 'day'], origin: 'A', day: 'tue', expected: 1 },
    { by: ['origin', 'day'], origin: 'B', day: 'tue', expected: 3 / 5 },
  ])('by $by predicts $expected for $origin on $day', ({ by, origin, day, expected }) => {
    const model = fitBaseline({ by }, training);

    expect([...model.predict(probe(origin, day))]).toEqual([expected]);
  });

  it('fails without rows', () => {
    expect(() => fitBaseline({}, table(0, {}))).toThrow('no rows to learn a baseline from');
  });

  it('fails on a category that the table lacks', () => {
    expect(() => fitBaseline({ by: ['city'] }, training)).toThrow("table has no column 'city'");
  });
});
