import { describe, expect, it } from 'vitest';
import type { InputBatch } from '../../../../core/model/signature.ts';
import { scoreApart } from '../../../../core/serve/score-apart.ts';

const signature = { numbers: ['spend'], categories: ['plan'], times: [], output: 'value' } as const;

function batchOf(...spend: readonly number[]): InputBatch {
  return {
    rows: spend.length,
    numbers: Float32Array.from(spend),
    categories: spend.map(() => 'basic'),
    times: new Float64Array(0),
  };
}

/** Doubles what is spent; fails on any batch with a number below zero in it. */
function model(isDown = false) {
  const calls: number[] = [];
  return {
    calls,
    signature,
    predict: async ({ numbers, rows }: InputBatch) => {
      calls.push(rows);
      if (isDown || numbers.some((spend) => spend < 0)) throw new Error('overflow');
      return Array.from(numbers, (spend) => ({ prediction: spend * 2 }));
    },
  };
}

describe('scoreApart', () => {
  it('takes one call where nothing is wrong', async () => {
    const one = model();

    expect(await scoreApart(one, batchOf(1, 2))).toEqual([{ prediction: 2 }, { prediction: 4 }]);
    expect(one.calls).toEqual([2]);
  });

  it('finds the rows on which the model fails, though they are all there is', async () => {
    expect(await scoreApart(model(), batchOf(1, -1, 3))).toEqual([
      { prediction: 2 },
      { why: 'overflow' },
      { prediction: 6 },
    ]);
    expect(await scoreApart(model(), batchOf(-1))).toEqual([{ why: 'overflow' }]);
  });

  it('takes no answer that is no number', async () => {
    expect(await scoreApart(model(), batchOf(NaN, 1))).toEqual([
      { why: 'the model gives no number' },
      { prediction: 2 },
    ]);
  });

  it('fails where the model fails on any row', async () => {
    await expect(scoreApart(model(true), batchOf(1, 2))).rejects.toThrow('overflow');
  });
});
