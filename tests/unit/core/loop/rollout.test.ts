import { beforeEach, describe, expect, it } from 'vitest';
import {
  advanceRollout,
  approveRollout,
  openRollout,
  rejectRollout,
  RolloutNotOpenError,
} from '../../../../core/loop/advance.ts';
import type { RolloutEntry } from '../../../../core/loop/entries.ts';
import type { Evidence } from '../../../../core/loop/guardrails.ts';
import { loopStateOf } from '../../../../core/loop/log.ts';
import type { Stage } from '../../../../core/loop/settle.ts';
import { completeRollout, type Rollout } from '../../../../core/model/rollout.ts';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { createTrafficHistory } from '../../../../core/registry/traffic.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';
import { newVersion } from '../../../fakes/registered-version.ts';

const MODEL = 'late-parcel';
const DAY: Rollout = {
  shadow: { hours: 24, minimumLabels: 100 },
  canary: { hours: 24, minimumLabels: 100, share: 0.2 },
};

let facts: MemoryFacts;
let stage: Stage;

function declare(rollout: Rollout): void {
  stage = { facts, model: MODEL, declared: completeRollout({ ...parcelDeclaration, rollout })! };
}

beforeEach(async () => {
  facts = memoryFacts();
  declare(DAY);
  const registry = createRegistry(facts);
  for (const runId of ['run-1', 'run-2', 'run-3']) {
    await registry.register(newVersion({ model: MODEL, runId }));
  }
  const said = { model: MODEL, at: at('2001-05-01T00:00:00Z'), reason: 'the first', by: 'run-1' };
  await registry.promote({ ...said, alias: 'champion', version: 1 });
});

const at = (time: string): Date => new Date(time);
const said = (time: string) => ({ at: at(time), by: 'ada', reason: 'as it should be' });

const open = (version: number, time = '2001-05-02T00:00:00Z') =>
  openRollout(stage, { version, champion: 1 }, { ...said(time), by: `run-${version}` });

function judged(improvement: number, reach = 0.001): Evidence {
  const comparison = {
    metric: 'auc',
    challenger: 0.7 + improvement,
    champion: 0.7,
    improvement,
    low: improvement - reach,
    high: improvement + reach,
    pValue: 0,
    rows: { challenger: 500, champion: 500 },
    paired: true,
  } as const;
  const counts = { labels: 500, due: 500, owed: 0, predictions: 500, usual: 500 };
  return { ...counts, comparison, early: comparison };
}

/** Of a version as good as the champion. */
const fine = judged(0);

const look = (time: string, evidence: Evidence = fine) =>
  advanceRollout(stage, { at: at(time), by: 'monitor' }, async () => evidence);

async function standing() {
  const registry = createRegistry(facts);
  const version = async (alias: string) =>
    (await registry.aliasOf(MODEL, alias).catch(() => undefined))?.version;
  return {
    champion: await version('champion'),
    challenger: await version('challenger'),
    traffic: (await createTrafficHistory(facts).trafficOf(MODEL))?.traffic ?? null,
  };
}

const newest = async (): Promise<RolloutEntry | undefined> =>
  (await loopStateOf(facts, MODEL)).rollout;

describe('a rollout', () => {
  it('goes from the shadow to a canary to the champion, each in its time', async () => {
    expect(await open(2)).toMatchObject({ phase: 'open', traffic: 'shadow', version: 2 });
    expect(await standing()).toEqual({
      champion: 1,
      challenger: 2,
      traffic: { kind: 'shadow', share: 1 },
    });

    expect(await look('2001-05-02T23:59:59Z')).toBeUndefined();
    expect(await look('2001-05-03T00:00:00Z')).toMatchObject({
      traffic: 'canary',
      reason: expect.stringContaining('24 h in the shadow, 500 labels: auc 0.7000') as string,
    });
    expect((await standing()).traffic).toEqual({ kind: 'canary', share: 0.2 });

    await look('2001-05-04T00:00:00Z', judged(0.01));
    expect(await standing()).toEqual({ champion: 2, challenger: undefined, traffic: null });
    expect(await createRegistry(facts).championOf(MODEL)).toMatchObject({
      reason: expect.stringContaining('24 h a canary, 500 labels: auc 0.7100 against') as string,
      decision: { labels: 500 },
    });
  });

  it('waits for labels, and gives up in the end', async () => {
    await open(2);
    const few = { ...fine, labels: 99 };
    expect(await look('2001-05-10T00:00:00Z', few)).toBeUndefined();
    expect(await look('2001-05-16T00:00:00Z', few)).toMatchObject({
      phase: 'rolled back',
      reason: '99 labels after 336 h in the shadow, and 100 are needed to judge it',
    });
  });

  it('goes on where labels do not tell whether it is worse, until they do', async () => {
    declare({ canary: { hours: 24 } });
    await open(2);
    expect(await look('2001-05-03T00:00:00Z', judged(-0.01, 0.03))).toBeUndefined();
    expect(await look('2001-05-08T00:00:00Z', judged(-0.005, 0.0149))).toMatchObject({
      phase: 'promoted',
    });
  });

  it('asks a person where even two weeks of labels do not tell', async () => {
    declare({ canary: { hours: 24 } });
    await open(2);
    const { comparison: _, ...untold } = fine;
    expect(await look('2001-05-15T23:00:00Z', untold)).toBeUndefined();
    expect(await look('2001-05-16T00:00:00Z', judged(-0.01, 0.03))).toMatchObject({
      phase: 'open',
      waitsFor: 'promotion',
      reason: expect.stringContaining('which does not tell whether it is worse') as string,
    });
    await approveRollout(stage, said('2001-05-17T00:00:00Z'));
    expect(await standing()).toMatchObject({ champion: 2 });
  });

  it.each([
    { tolerance: 0.05, phase: 'promoted' },
    { tolerance: 0.01, phase: undefined },
  ])('takes a risk of $tolerance if that is declared', async ({ tolerance, phase }) => {
    declare({ canary: { hours: 24 }, guardrails: { tolerance } });
    await open(2);
    expect((await look('2001-05-03T00:00:00Z', judged(-0.01, 0.03)))?.phase).toBe(phase);
  });

  it('sends a bad canary back by itself, and says why', async () => {
    await open(2);
    await look('2001-05-03T00:00:00Z');
    await look('2001-05-03T01:00:00Z', judged(-0.05));

    expect(await newest()).toMatchObject({ phase: 'rolled back', version: 2 });
    expect((await newest())?.reason).toContain('auc 0.6500 against');
    expect(await standing()).toEqual({ champion: 1, challenger: undefined, traffic: null });
    expect(await look('2001-05-09T00:00:00Z')).toBeUndefined();
  });

  it('is opened once, however often the run asks', async () => {
    await open(2);
    await look('2001-05-03T00:00:00Z');
    expect(await open(2)).toMatchObject({ traffic: 'canary' });
    expect((await loopStateOf(facts, MODEL)).entries).toBe(2);
  });

  it('is superseded by a newer version, and no older one comes after it', async () => {
    await open(2);
    await open(3, '2001-05-02T10:00:00Z');
    expect(await newest()).toMatchObject({ version: 3, traffic: 'shadow' });
    expect(await standing()).toMatchObject({ challenger: 3 });
    expect(await open(2)).toBeUndefined();
    expect((await loopStateOf(facts, MODEL)).entries).toBe(3);
  });

  it('promotes at once where only that is declared, and skips what is not', async () => {
    declare({});
    expect(await open(2)).toMatchObject({ phase: 'promoted' });
    expect(await standing()).toEqual({ champion: 2, challenger: undefined, traffic: null });
  });
});

describe('people', () => {
  it('approve a step that waits for them; until then the one before goes on', async () => {
    declare({ ...DAY, promotion: { approval: 'person' } });
    await open(2);
    await look('2001-05-03T00:00:00Z');
    expect(await look('2001-05-04T00:00:00Z')).toMatchObject({
      traffic: 'canary',
      waitsFor: 'promotion',
    });
    expect((await standing()).traffic).toEqual({ kind: 'canary', share: 0.2 });
    expect(await look('2001-05-30T00:00:00Z')).toBeUndefined();

    await approveRollout(stage, said('2001-05-30T00:00:00Z'));
    expect(await standing()).toMatchObject({ champion: 2 });
  });

  it('may keep a version from any traffic until they approve its first step', async () => {
    declare({ shadow: { approval: 'person' } });
    expect(await open(2)).toMatchObject({ waitsFor: 'shadow' });
    expect(await standing()).toEqual({ champion: 1, challenger: undefined, traffic: null });
    expect(await approveRollout(stage, said('2001-05-05T00:00:00Z'))).toMatchObject({
      traffic: 'shadow',
      since: '2001-05-05T00:00:00.000Z',
    });
  });

  it('a canary that waits for approval is still sent back when it turns bad', async () => {
    declare({ canary: { hours: 1 }, promotion: { approval: 'person' } });
    await open(2);
    await look('2001-05-02T02:00:00Z');
    expect(await look('2001-05-03T00:00:00Z', judged(-0.05))).toMatchObject({
      phase: 'rolled back',
    });
  });

  it('reject a version, or stop its traffic, and it is over', async () => {
    await open(2);
    await rejectRollout(stage, said('2001-05-02T05:00:00Z'));
    expect(await standing()).toEqual({ champion: 1, challenger: undefined, traffic: null });

    await open(3, '2001-05-03T00:00:00Z');
    const stop = { model: MODEL, traffic: null, at: at('2001-05-03T01:00:00Z'), by: 'ada' };
    await createTrafficHistory(facts).setTraffic(stop);
    expect(await look('2001-05-03T02:00:00Z')).toMatchObject({
      phase: 'rejected',
      reason: 'ada stopped its traffic',
    });
  });

  it('promote another version meanwhile, which supersedes the rollout', async () => {
    await open(2);
    const change = { model: MODEL, alias: 'champion', version: 3, ...said('2001-05-02T05:00:00Z') };
    await createRegistry(facts).promote(change);
    expect(await look('2001-05-03T00:00:00Z')).toMatchObject({
      phase: 'superseded',
      reason: 'version 3 became champion, and it was to replace 1',
    });
    expect(await standing()).toEqual({ champion: 3, challenger: undefined, traffic: null });
  });

  it('fails to approve or reject what is not there', async () => {
    await expect(approveRollout(stage, said('2001-05-05'))).rejects.toThrow(RolloutNotOpenError);
    await expect(rejectRollout(stage, said('2001-05-05'))).rejects.toThrow('tidemill timeline');
    await open(2);
    await expect(approveRollout(stage, said('2001-05-05'))).rejects.toThrow('waits for approval');
  });
});

it('a look at a moment before the newest entry decides nothing', async () => {
  await open(2);
  await look('2001-05-03T00:00:00Z');
  expect(await look('2001-05-02T12:00:00Z', judged(-0.5))).toBeUndefined();
});
