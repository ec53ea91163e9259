import { describe, expect, it } from 'vitest';
import { correctPValues } from '../../../../../core/monitor/drift/correction.ts';

const P = [0.01, 0.04, 0.03, 0.005, 0.2];

describe('correctPValues', () => {
  it('corrects by Benjamini and Hochberg as scipy does', () => {
    // scipy 1.17.1: scipy.stats.false_discovery_control(P)
    for (const [at, expected] of [0.025, 0.05, 0.05, 0.025, 0.2].entries()) {
      expect(correctPValues(P, 'benjamini-hochberg')[at]).toBeCloseTo(expected, 12);
    }
  });

  it('corrects by Holm', () => {
    // worked by hand: 0.005 × 5, 0.01 × 4, 0.03 × 3, 0.04 × 2 (held up by the one before), 0.2 × 1
    for (const [at, expected] of [0.04, 0.09, 0.09, 0.025, 0.2].entries()) {
      expect(correctPValues(P, 'holm')[at]).toBeCloseTo(expected, 12);
    }
  });

  it('leaves p-values alone where that is declared, and none where there are none', () => {
    expect(correctPValues(P, 'none')).toEqual(P);
    expect(correctPValues([], 'holm')).toEqual([]);
  });
});
