import { beforeAll, describe, expect, it } from 'vitest';
import type { StepContext } from '../../../batch/step.ts';
import { openRollout } from '../../../core/loop/advance.ts';
import { loopStateOf } from '../../../core/loop/log.ts';
import { admitRetrain, policyOf } from '../../../core/loop/retraining.ts';
import { defineModel, type ModelDefinition } from '../../../core/model/index.ts';
import { layout } from '../../../core/model/layout.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { createTrafficHistory } from '../../../core/registry/traffic.ts';
import { createRuns } from '../../../core/runs/runs.ts';
import { isChallenged } from '../../../core/serve/traffic.ts';
import { parcelDeclaration, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { createStepRunner, type StepRunner } from '../../fakes/step-runner.ts';

const MODEL = 'late-parcel';
const declaration = {
  ...parcelDeclaration,
  serving: { online: {}, batch: {} },
  schedules: { monitor: 'rate(1 hour)' },
  retraining: {},
  rollout: {
    shadow: { hours: 6, minimumLabels: 100 },
    canary: { hours: 6, minimumLabels: 100, share: 0.5 },
  },
} as const;
const good = defineModel(declaration);
/** A single stump, which anything else beats. */
const weak = defineModel({
  ...declaration,
  trainer: {
    ...declaration.trainer,
    parameters: { trees: 1, leaves: 2 },
    search: {},
    candidates: 1,
  },
});

async function train(
  runner: StepRunner,
  definition: ModelDefinition,
  runId: string,
  asOf: Date,
): Promise<void> {
  const change: Partial<StepContext> = { definition, runId, asOf };
  await runner.run('prepare', change);
  for (let candidate = 0; candidate < definition.trainer.candidates; candidate++) {
    await runner.run('train', { ...change, candidate });
  }
  for (const step of ['evaluate', 'register', 'promote'] as const) await runner.run(step, change);
}

const START = Date.parse('2001-01-12T00:00:00Z');
const hours = (count: number): Date => new Date(START + count * 3_600_000);

const CANARY = { kind: 'canary', share: 0.5 } as const;

interface Answers {
  readonly from: number;
  readonly variant?: 'shadow' | 'challenger';
  readonly version: number;
  /** Of the new version: whether its probability follows the label. */
  readonly tells: boolean;
}

function lines(all: readonly object[]): string {
  return all.map((one) => `${JSON.stringify(one)}\n`).join('');
}

/**
 * Puts 400 predictions of an hour, of which the new version makes every one in the shadow and its
 * half as canary, each with a label.
 */
async function predict(runner: StepRunner, answers: Answers): Promise<void> {
  const { from, variant, version, tells } = answers;
  const at = new Date(hours(from).getTime() + 60_000).toISOString();
  const records: object[] = [];
  const labels: object[] = [];
  for (let row = 0; row < 400; row++) {
    const label = Number(row % 3 === 0);
    const base = { id: `${from}-${row}`, model: MODEL, source: 'online', at };
    const features = { sent: at, weight: row % 50, depot: 'A' };
    const champion = {
      ...base,
      version: 1,
      features,
      prediction: 0,
      probability: ((row * 7) % 20) / 20,
    };
    const probability = tells
      ? (label / 2 + ((row * 11) % 20) / 20) / 1.5
      : ((row * 13) % 20) / 20 - label / 4;
    const own = { ...base, version, features, variant, prediction: 0, probability };
    if (variant === undefined) records.push(own);
    else if (variant === 'shadow') records.push(champion, own);
    else records.push(isChallenged(MODEL, base.id, CANARY) ? own : champion);
    labels.push({ id: base.id, model: MODEL, at, label });
  }
  const day = at.slice(0, 10);
  await runner.objects.put(`predictions/${MODEL}/dt=${day}/online-${from}.jsonl`, lines(records));
  await runner.objects.put(`labels/${MODEL}/dt=${day}/${from}.jsonl`, lines(labels));
}

async function standing({ facts }: StepRunner) {
  const { rollout } = await loopStateOf(facts, MODEL);
  const traffic = await createTrafficHistory(facts).trafficOf(MODEL);
  return {
    champion: (await createRegistry(facts).championOf(MODEL)).version,
    traffic: traffic?.traffic?.kind,
    phase: rollout?.phase,
  };
}

let runner: StepRunner;
const monitor = (at: number) =>
  runner.run('monitor', { definition: good, runId: `monitor-${at}`, asOf: hours(at) });

beforeAll(async () => {
  runner = createStepRunner();
  const days = { from: '2001-01-01', days: 11, rowsADay: 1500 };
  await inScratchFolder((scratch) => putParcels(runner.objects, scratch, days));
  await train(runner, weak, 'run-1', hours(0));
  const asked = { runId: 'run-2', at: hours(0), reason: 'performance: auc is low' };
  await admitRetrain(runner.facts, policyOf(good), asked);
  await train(runner, good, 'run-2', hours(0));
});

describe('a version that an alarm asked for', () => {
  it('comes after a first one that is champion at once, and begins in the shadow', async () => {
    expect(await standing(runner)).toEqual({ champion: 1, traffic: 'shadow', phase: 'open' });
    const { tags } = await createRuns(runner.facts).getRun({ model: MODEL, runId: 'run-2' });
    expect(tags).toMatchObject({ outcome: 'rollout', version: '2' });
    expect(tags['gate']).toContain('beats champion 1');
  });

  it('is judged by labels on the same rows, then on its own, and becomes champion', async () => {
    await predict(runner, { from: 1, variant: 'shadow', version: 2, tells: true });
    await monitor(5);
    expect((await standing(runner)).traffic).toBe('shadow');
    await monitor(6);
    expect((await standing(runner)).traffic).toBe('canary');
    await predict(runner, { from: 7, variant: 'challenger', version: 2, tells: true });
    await monitor(12);

    expect(await standing(runner)).toEqual({ champion: 2, traffic: undefined, phase: 'promoted' });
    const { reason, decision } = await createRegistry(runner.facts).championOf(MODEL);
    expect(reason).toMatch(/^6 h a canary, \d+ labels: auc 0\.\d{4} against/);
    expect(decision).toMatchObject({ owed: 0, comparison: { paired: false } });
    expect((await loopStateOf(runner.facts, MODEL)).retrains[0]).toMatchObject({ helped: true });
    expect(runner.notices.join('\n')).toContain('version 2 was promoted');
  });

  it('changes nothing when every monitoring runs again', async () => {
    const before = (await loopStateOf(runner.facts, MODEL)).entries;
    for (const at of [5, 6, 12, 13]) await monitor(at);
    expect((await loopStateOf(runner.facts, MODEL)).entries).toBe(before);
  });
});

it('a canary that labels speak against goes back by itself, and people are told', async () => {
  const registry = createRegistry(runner.facts);
  const version = await registry.version(MODEL, 2);
  await registry.register({ ...version, runId: 'run-3', at: hours(20) });
  const { shadow: _, ...atOnce } = good.rollout!;
  const stage = { facts: runner.facts, model: MODEL, declared: atOnce };
  const said = { at: hours(20), by: 'run run-3', reason: 'it passed the gate' };
  await openRollout(stage, { version: 3, champion: 2 }, said);
  await predict(runner, { from: 21, variant: 'challenger', version: 3, tells: false });

  await monitor(22);

  expect(await standing(runner)).toEqual({ champion: 2, traffic: undefined, phase: 'rolled back' });
  expect(runner.notices.at(-1)).toMatch(/version 3 was rolled back.*so it is worse by more than 0/);
  expect(runner.published).toContainEqual({
    at: hours(22),
    metrics: { RolledBack: { value: 1, unit: 'Count' } },
  });
});

it('a version that was promoted at once is judged by what the one before says of its rows', async () => {
  const { rollout: _, ...atOnce } = good;
  const registry = createRegistry(runner.facts);
  const asked = { runId: 'run-4', at: hours(40), reason: 'performance: auc is low' };
  await admitRetrain(runner.facts, policyOf(atOnce), asked);
  const before = await registry.version(MODEL, 2);
  const { version } = await registry.register({ ...before, runId: 'run-4', at: hours(40) });
  const profile = await runner.objects.get(layout.profile(MODEL, 2));
  await runner.objects.put(layout.profile(MODEL, version), profile);
  const change = { model: MODEL, alias: 'champion', by: 'run run-4', reason: 'it passed' };
  await registry.promote({ ...change, version, at: hours(40) });
  await predict(runner, { from: 41, version, tells: true });

  const monitoring = { definition: atOnce, runId: 'monitor-42', asOf: hours(42) };
  await runner.run('monitor', monitoring);

  const { retrains } = await loopStateOf(runner.facts, MODEL);
  expect(retrains.at(-1)).toMatchObject({ runId: 'run-4', helped: true });
});
