import { beforeEach, describe, expect, it } from 'vitest';
import { noteHeldBack } from '../../../../core/loop/alarms.ts';
import { openRollout, rejectRollout } from '../../../../core/loop/advance.ts';
import { admitRetrain, policyOf } from '../../../../core/loop/retraining.ts';
import { defineModel } from '../../../../core/model/index.ts';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { createRuns } from '../../../../core/runs/runs.ts';
import { inOrder } from '../../../../core/timeline/entry.ts';
import { renderTimelinePage } from '../../../../core/timeline/page.ts';
import { timelineOf } from '../../../../core/timeline/timeline.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';
import { newVersion } from '../../../fakes/registered-version.ts';

const MODEL = 'late-parcel';
const definition = defineModel({
  ...parcelDeclaration,
  serving: { online: {} },
  schedules: { monitor: 'rate(1 hour)' },
  retraining: {},
  rollout: { canary: { share: 0.2 } },
});

let facts: MemoryFacts;

beforeEach(() => {
  facts = memoryFacts();
});

async function run(runId: string, time: string, tags: Record<string, string>) {
  const [pipeline = ''] = runId.split('-');
  const at = new Date(time);
  const runs = createRuns(facts);
  const name = { model: MODEL, runId };
  await runs.startRun({ ...name, pipeline, trigger: 'alarm', at, asOf: at, tags });
  await runs.logMetrics(name, { rows: 600, labelledRows: 500 });
  await runs.finishRun(name, at);
}

/** An alarm rings, a training is admitted, its version becomes a canary and is rejected. */
async function aDay(): Promise<void> {
  const registry = createRegistry(facts);
  const first = new Date('2001-05-01T00:00:00Z');
  await registry.register(newVersion({ model: MODEL, at: first }));
  const said = { model: MODEL, at: first, by: 'run run-1', reason: 'the first' };
  await registry.promote({ ...said, alias: 'champion', version: 1 });

  const at = new Date('2001-05-02T10:00:00Z');
  const asked = { runId: 'train-2', at, reason: 'performance: auc 0.6' };
  await admitRetrain(facts, policyOf(definition), asked);
  const tags = { reason: asked.reason, outcome: 'rollout', gate: 'auc 0.72 beats', version: '2' };
  await run('train-2', at.toISOString(), tags);
  await registry.register(newVersion({ model: MODEL, runId: 'train-2', at }));
  const stage = { facts, model: MODEL, declared: definition.rollout! };
  const opened = { at, by: 'run train-2', reason: 'auc 0.72 beats' };
  await openRollout(stage, { version: 2, champion: 1 }, opened);
  const held = { runId: 'train-3', at: '2001-05-02T11:00:00.000Z', trigger: 'alarm' };
  await noteHeldBack(facts, MODEL, { ...held, cause: 'drift', why: 'alarms rest' });
  const rejected = { at: new Date('2001-05-02T12:00:00Z'), by: 'ada', reason: 'too slow' };
  await rejectRollout(stage, rejected);
}

const rings = {
  at: new Date('2001-05-02T10:00:00Z'),
  alarm: 'performance',
  summary: 'from OK to ALARM',
};

describe('timelineOf', () => {
  it('tells everything in order, causes before what came of them', async () => {
    await aDay();

    const begins = { ...rings, alarm: 'drift', summary: 'from INSUFFICIENT_DATA to OK' };
    const told = (await timelineOf(facts, MODEL, [begins, rings])).map(
      ({ kind, text }) => `${kind}: ${text}`,
    );
    expect(told).toEqual([
      'version: version 1 was registered: auc 0.7300',
      'alias: champion was put on version 1: the first',
      'alarm: performance: from OK to ALARM',
      'retraining: an alarm may train: performance: auc 0.6',
      'run: train for alarm (performance: auc 0.6): rollout',
      'version: version 2 was registered: auc 0.7300',
      'gate: passed: auc 0.72 beats',
      'rollout: version 2 is a canary: auc 0.72 beats',
      'alias: challenger was put on version 2: version 2 is a canary',
      'traffic: the challenger answers for 20 % of the entities',
      'held back: training for alarm (drift) was not started: alarms rest',
      'rollout: version 2 was rejected: too slow',
      'alias: challenger was taken from version 2: version 2 was rejected',
      'traffic: the champion answers for all',
    ]);
  });

  it('keeps to a period, whose end is not in it', async () => {
    await aDay();

    const period = {
      since: new Date('2001-05-02T10:00:01Z'),
      until: new Date('2001-05-02T12:00:00Z'),
    };
    const told = await timelineOf(facts, MODEL, [rings], period);
    expect(told.map(({ kind }) => kind)).toEqual(['held back']);
  });

  it('tells of monitorings in a row that say the same only the first', async () => {
    await run('monitor-1', '2001-05-01T01:00:00Z', {});
    await run('monitor-2', '2001-05-01T02:00:00Z', {});
    await run('monitor-3', '2001-05-01T03:00:00Z', { bad: 'drift', says: 'drift: weight moved' });
    await run('monitor-4', '2001-05-01T04:00:00Z', { bad: 'drift', says: 'drift: weight moved' });
    await run('monitor-5', '2001-05-01T05:00:00Z', {});

    expect(
      (await timelineOf(facts, MODEL)).map(({ at, text }) => [at.slice(11, 13), text]),
    ).toEqual([
      ['01', 'nothing to look at (600 predictions, 500 labels)'],
      ['03', 'drift: weight moved (600 predictions, 500 labels)'],
      ['05', 'nothing to look at (600 predictions, 500 labels)'],
    ]);
  });

  it('says where a run failed', async () => {
    const name = { model: MODEL, runId: 'train-1' };
    const at = new Date('2001-05-01T00:00:00Z');
    const runs = createRuns(facts);
    await runs.startRun({ ...name, pipeline: 'train', trigger: 'manual', at, asOf: at });
    await runs.failRun(name, at, 'prepare: no rows');

    const [entry] = await timelineOf(facts, MODEL);
    expect(entry?.text).toBe('train for manual: failed at prepare: no rows');
  });

  it('of a model that nothing happened to is empty', async () => {
    expect(await timelineOf(facts, MODEL)).toEqual([]);
    expect(inOrder([])).toEqual([]);
  });
});

describe('renderTimelinePage', () => {
  it('shows every entry, and escapes what people wrote', async () => {
    await aDay();
    const page = renderTimelinePage(MODEL, [
      ...(await timelineOf(facts, MODEL, [rings])),
      { at: '2001-05-03T00:00:00.000Z', kind: 'rollout', text: '<b>rejected</b>', by: 'ada' },
    ]);

    expect(page.match(/<circle/g)).toHaveLength(15);
    expect(page).toContain('champion was put on version 1: the first');
    expect(page).toContain('&lt;b&gt;rejected');
    expect(page).not.toMatch(/<script|https?:/);
  });
});
