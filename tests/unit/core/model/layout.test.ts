import { describe, expect, it } from 'vitest';
import { dayOf, daysBetween, layout } from '../../../../core/model/layout.ts';

describe('layout', () => {
  it('puts a version under its model', () => {
    expect(layout.modelFile('churn', 7)).toBe('versions/churn/7/model.onnx');
  });

  it('partitions predictions by day', () => {
    expect(layout.predictionsOf('churn', dayOf(new Date('2001-05-03T23:59:59Z')))).toBe(
      'predictions/churn/dt=2001-05-03/',
    );
  });

  it('counts the days that a window touches, its end excluded', () => {
    const from = new Date('2001-02-27T12:00:00Z');

    expect(daysBetween(from, new Date('2001-03-01T00:00:00Z'))).toEqual([
      '2001-02-27',
      '2001-02-28',
    ]);
    expect(daysBetween(from, new Date('2001-03-01T00:00:01Z'))).toHaveLength(3);
    expect(daysBetween(from, from)).toEqual([]);
  });
});
