import { describe, expect, it } from 'vitest';
import type { TrainerChoice } from '../../../../core/model/definition.ts';
import { candidatesOf } from '../../../../core/train/candidates.ts';

const trainer: TrainerChoice = {
  algorithm: 'gradient-boosted-trees',
  parameters: { trees: 50, leaves: 31 },
  search: { leaves: [15, 31, 63], learningRate: [0.05, 0.1] },
  candidates: 4,
};

describe('candidatesOf', () => {
  it('starts with the declared parameters and goes on with distinct picks from the space', () => {
    const candidates = candidatesOf(trainer);

    expect(candidates).toHaveLength(4);
    expect(candidates[0]).toEqual({ trees: 50, leaves: 31 });
    expect(new Set(candidates.map((candidate) => JSON.stringify(candidate))).size).toBe(4);
    for (const { trees, leaves, learningRate } of candidates.slice(1)) {
      expect(trees).toBe(50);
      expect([15, 31, 63]).toContain(leaves);
      expect([0.05, 0.1]).toContain(learningRate);
    }
  });

  it('picks the same by the same seed, and others by another', () => {
    expect(candidatesOf(trainer)).toEqual(candidatesOf(trainer));
    expect(candidatesOf(trainer)).not.toEqual(candidatesOf({ ...trainer, seed: 18 }));
  });

  it('tries the whole space and no more', () => {
    // 3 × 2 combinations, and the declared one, which names no learning rate
    expect(candidatesOf({ ...trainer, candidates: 100 })).toHaveLength(7);
    const declared = { ...trainer, parameters: { leaves: 31, learningRate: 0.1 }, candidates: 100 };
    expect(candidatesOf(declared)).toHaveLength(6);
  });

  it('is one without a search', () => {
    expect(candidatesOf({ algorithm: 'linear' })).toEqual([{}]);
    expect(candidatesOf({ algorithm: 'linear', candidates: 5 })).toEqual([{}]);
  });
});
