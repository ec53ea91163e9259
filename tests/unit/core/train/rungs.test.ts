import { describe, expect, it } from 'vitest';
import { rungsOf } from '../../../../core/train/rungs.ts';

const search = { leaves: [3, 7, 15, 31, 63, 127], learningRate: [0.01, 0.03, 0.1, 0.2, 0.3] };
const of = (candidates: number) =>
  rungsOf({ algorithm: 'linear', search, candidates, searchBy: 'halving' });

describe('rungsOf', () => {
  it('has one rung of all candidates and all rows for a random search', () => {
    expect(rungsOf({ algorithm: 'linear', search, candidates: 9 })).toEqual([
      { candidates: 9, share: 1 },
    ]);
  });

  it('keeps a third of the candidates for three times the rows', () => {
    expect(of(9)).toEqual([
      { candidates: 9, share: 1 / 9 },
      { candidates: 3, share: 1 / 3 },
      { candidates: 1, share: 1 },
    ]);
    expect(of(8)).toEqual([
      { candidates: 8, share: 1 / 3 },
      { candidates: 2, share: 1 },
    ]);
    expect(of(2)).toEqual([{ candidates: 2, share: 1 }]);
  });

  it('costs each rung about the same', () => {
    const costs = of(27).map(({ candidates, share }) => candidates * share);
    for (const cost of costs) expect(cost).toBeCloseTo(1, 10);
  });
});
