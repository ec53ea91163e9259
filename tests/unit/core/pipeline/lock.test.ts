import { beforeEach, describe, expect, it } from 'vitest';
import { release, take, type Hold } from '../../../../core/pipeline/lock.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';

const hold = (runId: string, from = '2001-05-01T00:00:00Z'): Hold => ({
  model: 'late-parcel',
  name: 'train',
  runId,
  from: new Date(from),
  hours: 12,
});

let facts: MemoryFacts;

beforeEach(() => {
  facts = memoryFacts();
});

describe('take', () => {
  it('lets one of twenty have it', async () => {
    const runs = Array.from({ length: 20 }, (_, index) => `run-${index}`);
    const answers = await Promise.all(runs.map((runId) => take(facts, hold(runId))));

    const winners = runs.filter((_, index) => answers[index] === undefined);
    expect(winners).toHaveLength(1);
    expect(new Set(answers.flatMap((held) => held?.runId ?? []))).toEqual(new Set(winners));
  });

  it('gives it to the run that has it again', async () => {
    await take(facts, hold('a'));
    expect(await take(facts, hold('a'))).toBeUndefined();
  });

  it('says who has it and until when', async () => {
    await take(facts, hold('a'));
    expect(await take(facts, hold('b', '2001-05-01T11:59:59Z'))).toEqual({
      runId: 'a',
      until: new Date('2001-05-01T12:00:00Z'),
    });
  });

  it('takes it from a run that vanished, once its time is over', async () => {
    await take(facts, hold('a'));
    expect(await take(facts, hold('b', '2001-05-01T12:00:00Z'))).toBeUndefined();
    expect((await take(facts, hold('a', '2001-05-01T12:00:00Z')))?.runId).toBe('b');
  });
});

describe('release', () => {
  it('frees it for the next run', async () => {
    await take(facts, hold('a'));
    await release(facts, hold('a'));
    expect(await take(facts, hold('b'))).toBeUndefined();
  });

  it('leaves alone what another run holds, or nobody', async () => {
    await release(facts, hold('b'));
    await take(facts, hold('a'));
    await release(facts, hold('b'));
    expect((await take(facts, hold('c')))?.runId).toBe('a');
  });
});
