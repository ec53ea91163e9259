import { beforeEach, describe, expect, it } from 'vitest';
import { loopStateOf } from '../../../../core/loop/log.ts';
import { noteOutcome, settleRetrains } from '../../../../core/loop/outcomes.ts';
import {
  admitRetrain,
  breakIfUseless,
  failuresInARow,
  type Policy,
  resumeRetraining,
} from '../../../../core/loop/retraining.ts';
import { createRuns } from '../../../../core/runs/runs.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';

const MODEL = 'late-parcel';
const policy: Policy = {
  model: MODEL,
  on: ['performance'],
  cooldownHours: 24,
  budgetPerMonth: 2,
  breakAfter: 2,
  patienceDays: 2,
  rollsOut: false,
  labelsToLearnFrom: 1000,
};

let facts: MemoryFacts;

beforeEach(() => {
  facts = memoryFacts();
});

const ask = (runId: string, at: string, replacedAt?: string) =>
  admitRetrain(facts, policy, {
    runId,
    at: new Date(at),
    reason: 'auc is low',
    ...(replacedAt !== undefined && { replacedAt }),
  });

const outcome = (runId: string, helped: boolean) =>
  noteOutcome(facts, MODEL, {
    runId,
    helped,
    reason: 'by its labels',
    at: new Date('2001-05-09'),
    by: 'monitor',
  });

describe('admitRetrain', () => {
  it('lets one of twenty alarms that ring at once start a run', async () => {
    const runs = Array.from({ length: 20 }, (_, at) => `run-${at}`);
    const answers = await Promise.all(runs.map((runId) => ask(runId, '2001-05-01T00:00:00Z')));

    const [admitted, ...others] = runs.filter((_, at) => answers[at] === undefined);
    expect(others).toEqual([]);
    expect((await loopStateOf(facts, MODEL)).retrains.map(({ runId }) => runId)).toEqual([
      admitted,
    ]);
  });

  it('lets the same run again, so that an event delivered twice is one training', async () => {
    await ask('a', '2001-05-01T00:00:00Z');
    expect(await ask('a', '2001-05-01T00:00:00Z')).toBeUndefined();
    expect((await loopStateOf(facts, MODEL)).entries).toBe(1);
  });

  it('rests for as long as is declared, to the second', async () => {
    await ask('a', '2001-05-01T00:00:00Z');
    expect(await ask('b', '2001-05-01T23:59:59Z')).toBe(
      "run 'a' was started by an alarm, and alarms rest until 2001-05-02T00:00:00.000Z",
    );
    expect(await ask('c', '2001-05-02T00:00:00Z')).toBeUndefined();
  });

  it('rests after a champion was replaced, which no alarm can have seen at work', async () => {
    const replacedAt = '2001-05-01T12:00:00.000Z';
    expect(await ask('a', '2001-05-02T11:00:00Z', replacedAt)).toContain(
      'the champion was replaced at 2001-05-01T12:00:00.000Z, and alarms rest',
    );
    expect(await ask('a', '2001-05-02T12:00:00Z', replacedAt)).toBeUndefined();
  });

  it('keeps to a budget of each calendar month, which ends with it', async () => {
    await ask('a', '2001-02-20T00:00:00Z');
    await ask('b', '2001-02-22T00:00:00Z');
    expect(await ask('c', '2001-02-28T23:59:59Z')).toBe(
      'alarms started 2 trainings in 2001-02, which is the budget',
    );
    expect(await ask('c', '2001-03-01T00:00:00Z')).toBeUndefined();
  });
});

describe('a decline', () => {
  const since = new Date('2001-05-01T00:00:00Z');
  const asked = (labels: number) =>
    admitRetrain(facts, policy, {
      runId: `of-${labels}`,
      at: new Date('2001-05-03T00:00:00Z'),
      reason: 'auc is low',
      decline: { since, labels },
    });

  it('is learned from once labels enough are in, and until then costs no attempt', async () => {
    expect(await asked(999)).toBe(
      'about 999 labels are in of what came since 2001-05-01T00:00:00.000Z, and 1000 are needed ' +
        'to learn from it',
    );
    expect((await loopStateOf(facts, MODEL)).entries).toBe(0);
    expect(await asked(1000)).toBeUndefined();
  });

  it('is given its time to pass', async () => {
    const early = {
      runId: 'early',
      at: new Date('2001-05-02T23:00:00Z'),
      reason: 'auc is low',
      decline: { since, labels: 5000 },
    };
    expect(await admitRetrain(facts, policy, early)).toBe(
      'performance declines since 2001-05-01T00:00:00.000Z, and may have recovered by ' +
        '2001-05-03T00:00:00.000Z',
    );
  });
});

describe('the breaker', () => {
  it('stops alarms once enough trainings in a row did not help, until somebody resumes', async () => {
    await ask('a', '2001-05-01T00:00:00Z');
    await outcome('a', false);
    await ask('b', '2001-05-03T00:00:00Z');
    await outcome('b', false);

    const why = await breakIfUseless(facts, policy, new Date('2001-05-04'));
    expect(why).toBe('2 trainings in a row did not help (a, b)');
    expect(await breakIfUseless(facts, policy, new Date('2001-05-04'))).toBeUndefined();
    expect(await ask('c', '2001-06-05T00:00:00Z')).toContain('resume-retraining late-parcel');

    const said = { at: new Date('2001-06-06'), by: 'ada', reason: 'the labels are mended' };
    expect(await resumeRetraining(facts, MODEL, said)).toBe(true);
    expect(await resumeRetraining(facts, MODEL, said)).toBe(false);
    expect(await ask('c', '2001-06-07T00:00:00Z')).toBeUndefined();
    expect(failuresInARow(await loopStateOf(facts, MODEL))).toEqual([]);
  });

  it('forgets failures before one that helped, and does not count what nobody knows yet', async () => {
    for (const [runId, helped] of [
      ['a', false],
      ['b', true],
      ['c', false],
      ['d', undefined],
    ] as const) {
      await ask(runId, `2001-0${'abcd'.indexOf(runId) + 1}-01T00:00:00Z`);
      if (helped !== undefined) await outcome(runId, helped);
    }

    expect(failuresInARow(await loopStateOf(facts, MODEL))).toEqual([]);
    await outcome('d', false);
    expect(failuresInARow(await loopStateOf(facts, MODEL)).map(({ runId }) => runId)).toEqual([
      'c',
      'd',
    ]);
  });
});

describe('settleRetrains', () => {
  const at = new Date('2001-05-02T00:00:00Z');
  const name = { model: MODEL, runId: 'a' };
  const helped = async () => (await loopStateOf(facts, MODEL)).retrains[0]?.helped;

  beforeEach(async () => {
    await ask('a', '2001-05-01T00:00:00Z');
    await createRuns(facts).startRun({
      ...name,
      pipeline: 'train',
      trigger: 'alarm',
      at,
      asOf: at,
    });
  });

  it('counts a training that failed as one that did not help', async () => {
    await settleRetrains(facts, policy, at);
    expect(await helped()).toBeUndefined();
    await createRuns(facts).failRun(name, at, 'train: killed');
    await settleRetrains(facts, policy, at);
    await settleRetrains(facts, policy, at);

    expect(await helped()).toBe(false);
    expect((await loopStateOf(facts, MODEL)).entries).toBe(2);
  });

  it('counts a version that the gate refused', async () => {
    await createRuns(facts).logTags(name, { outcome: 'refused', gate: 'auc 0.7 does not beat' });
    await settleRetrains(facts, policy, at);

    expect(await helped()).toBe(false);
  });
});
