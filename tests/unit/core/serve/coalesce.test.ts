import { describe, expect, it } from 'vitest';
import type { InputBatch } from '../../../../core/model/signature.ts';
import { coalesced } from '../../../../core/serve/coalesce.ts';
import { flightSession } from '../../../fakes/flight-model.ts';

function batchOf(...distances: number[]): InputBatch {
  return {
    rows: distances.length,
    numbers: Float32Array.from(distances),
    categories: distances.flatMap((distance) => [`A${distance}`, 'short']),
    times: Float64Array.from(distances),
  };
}

describe('coalesced', () => {
  it('answers calls of one turn with one run, each with its own rows', async () => {
    const session = flightSession();
    const calls = coalesced(session);

    const answers = await Promise.all([
      calls.run(batchOf(500)),
      calls.run(batchOf(250, 125)),
      calls.run(batchOf(1000)),
    ]);

    expect(answers.map((answer) => Array.from(answer))).toEqual([[0.5], [0.25, 0.125], [1]]);
    expect(session.batches).toHaveLength(1);
    expect(session.batches[0]).toMatchObject({
      rows: 4,
      categories: ['A500', 'short', 'A250', 'short', 'A125', 'short', 'A1000', 'short'],
    });
  });

  it('runs no more rows at once than are good for it', async () => {
    const session = flightSession();
    const calls = coalesced(session);
    const many = Array.from({ length: 200 }, () => 1);

    await Promise.all([calls.run(batchOf(...many)), calls.run(batchOf(...many))]);

    expect(session.batches.map(({ rows }) => rows)).toEqual([200, 200]);
  });

  it('fails only the call that is to blame', async () => {
    const session = flightSession();
    const plain = session.run.bind(session);
    session.run = async (batch) => {
      if (batch.numbers.includes(13)) throw new Error('unlucky');
      return plain(batch);
    };
    const calls = coalesced(session);

    const [good, bad] = await Promise.allSettled([calls.run(batchOf(500)), calls.run(batchOf(13))]);

    expect(good).toMatchObject({ status: 'fulfilled' });
    expect(bad).toMatchObject({ status: 'rejected', reason: new Error('unlucky') });
  });
});
