import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { openRollout } from '../../../../core/loop/advance.ts';
import { heldBackOf, rangSince, ringingAlarms } from '../../../../core/loop/alarms.ts';
import { noteJudged } from '../../../../core/loop/decline.ts';
import { loopStateOf } from '../../../../core/loop/log.ts';
import { defineModel, type ModelDefinition } from '../../../../core/model/index.ts';
import { release } from '../../../../core/pipeline/lock.ts';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { createRuns } from '../../../../core/runs/runs.ts';
import { createHandler } from '../../../../lambdas/pipeline.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { parcelDeclaration } from '../../../fakes/parcels.ts';
import { newVersion } from '../../../fakes/registered-version.ts';

const MODEL = 'late-parcel';
const declaration = { ...parcelDeclaration, schedules: { monitor: 'rate(1 hour)' } } as const;
const watched = defineModel({ ...declaration, retraining: { breakAfter: 2 } });

let facts: MemoryFacts;
let trained: string[];

beforeEach(() => {
  facts = memoryFacts();
  trained = [];
});

function invoke(event: unknown, model: ModelDefinition = watched) {
  const handler = createHandler(async () => model, {
    facts,
    queue: {
      submit: async ({ name, parameters }) => {
        if (parameters['step'] === 'prepare') trained.push(parameters['run'] ?? '');
        return name;
      },
      lost: async () => new Set(),
    },
    definitions: { train: 'train:1', score: 'score:1', monitor: 'monitor:1' },
  });
  return handler(event, {} as Context);
}

/** As CloudWatch sends it; a time such as '02T10:00'. */
function alarm(time: string, value: 'ALARM' | 'OK', name = 'performance') {
  const alarmData = { alarmName: name, state: { value, reason: 'auc 0.55 below 0.6' } };
  return { source: 'aws.cloudwatch', time: `2001-05-${time}:00.000+0000`, alarmData };
}

function monitoring(time: string) {
  return { pipeline: 'monitor', asOf: `2001-05-${time}:00Z`, trigger: 'schedule' };
}

/** Ends a training as a job would that fails, or that was refused by the gate. */
async function end(runId: string, how: 'failed' | 'refused'): Promise<void> {
  const name = { model: MODEL, runId };
  const runs = createRuns(facts);
  if (how === 'failed') await runs.failRun(name, new Date('2001-05-02'), 'train: killed');
  else await runs.logTags(name, { outcome: 'refused', gate: 'auc 0.6 does not beat champion 1' });
  await release(facts, { ...name, name: 'train' });
}

describe('an alarm', () => {
  it('that flaps starts one training, and the timeline is told why no other', async () => {
    await invoke(alarm('02T10:00', 'ALARM'));
    await end(trained[0]!, 'refused');
    await invoke(alarm('02T10:30', 'OK'));
    await invoke(alarm('02T11:00', 'ALARM'));
    await invoke(alarm('02T11:00', 'ALARM'));

    expect(trained).toEqual(['train-20010502-100000-alarm']);
    expect(await heldBackOf(facts, MODEL)).toEqual([
      {
        runId: 'train-20010502-110000-alarm',
        at: '2001-05-02T11:00:00.000Z',
        trigger: 'alarm',
        cause: 'performance: auc 0.55 below 0.6',
        why: expect.stringContaining('alarms rest until 2001-05-03T10:00:00.000Z') as string,
      },
    ]);
  });

  it('that still rings is asked again by each monitoring, once the policy lets it', async () => {
    await invoke(alarm('02T10:00', 'ALARM'));
    await end(trained[0]!, 'failed');

    await invoke(monitoring('03T09:00'));
    expect(trained).toHaveLength(1);
    await invoke(monitoring('03T10:00'));

    expect(trained[1]).toBe('train-20010503-100000-alarm');
    const run = await createRuns(facts).getRun({ model: MODEL, runId: trained[1] ?? '' });
    expect(run.tags['reason']).toBe(
      'performance rings since 2001-05-02T10:00:00.000Z: auc 0.55 below 0.6',
    );
    expect(await heldBackOf(facts, MODEL)).toEqual([]);
  });

  it('that rings for what is over asks for nothing', async () => {
    await invoke(alarm('02T10:00', 'ALARM'));
    await end(trained[0]!, 'failed');
    const judged = { from: '2001-05-02T00:00:00.000Z', version: 2, labels: 800 };
    const note = (to: string, bad: boolean) =>
      noteJudged(facts, MODEL, { ...judged, to: `2001-05-${to}:00.000Z`, bad });
    await note('03T09:00', false);
    await invoke(monitoring('03T10:00'));
    expect(trained).toHaveLength(1);

    await note('04T09:00', true);
    await invoke(monitoring('04T10:00'));
    expect(trained).toHaveLength(2);
  });

  it('that rings for a champion that was replaced asks for nothing until labels tell of the new one', async () => {
    await invoke(alarm('02T10:00', 'ALARM'));
    await end(trained[0]!, 'failed');
    const note = (day: string, version: number) =>
      noteJudged(facts, MODEL, {
        from: `2001-05-0${Number(day) - 1}T00:00:00.000Z`,
        to: `2001-05-${day}T00:00:00.000Z`,
        version,
        labels: 800,
        bad: true,
      });
    await note('02', 1);
    const registry = createRegistry(facts);
    for (const version of [1, 2]) {
      await registry.register(newVersion({ model: MODEL, runId: `run-${version}` }));
      const change = { model: MODEL, alias: 'champion', by: 'me', reason: 'better', version };
      await registry.promote({ ...change, at: new Date(`2001-05-02T0${version}:00:00Z`) });
    }
    await invoke(monitoring('04T10:00'));
    expect(trained).toHaveLength(1);

    await note('05', 2);
    await invoke(monitoring('05T10:00'));
    expect(trained).toHaveLength(2);
  });

  it('that has ended asks for nothing, also where that is heard out of order', async () => {
    await invoke(alarm('02T12:00', 'OK'));
    await invoke(alarm('02T10:00', 'ALARM'));
    await end(trained[0]!, 'failed');
    await invoke(monitoring('04T10:00'));

    expect(await ringingAlarms(facts, MODEL)).toEqual([]);
    expect(trained).toHaveLength(1);
  });

  it('waits until a training that runs has ended, and until a new champion had its time', async () => {
    await invoke(alarm('02T10:00', 'ALARM'));
    await invoke(monitoring('02T20:00'));
    expect(trained).toHaveLength(1);

    await end(trained[0]!, 'failed');
    const registry = createRegistry(facts);
    for (const version of [1, 2]) {
      await registry.register(newVersion({ model: MODEL, runId: `run-${version}` }));
      const change = { model: MODEL, alias: 'champion', by: 'me', reason: 'better', version };
      await registry.promote({ ...change, at: new Date(`2001-05-03T0${version}:00:00Z`) });
    }
    await invoke(monitoring('04T01:00'));
    expect(trained).toHaveLength(1);
    await invoke(monitoring('04T02:00'));
    expect(trained).toHaveLength(2);
  });

  it('stops asking once trainings in a row did not help', async () => {
    await invoke(alarm('02T10:00', 'ALARM'));
    await end(trained[0]!, 'failed');
    await invoke(monitoring('03T10:00'));
    await end(trained[1]!, 'refused');
    await invoke(monitoring('04T10:00'));
    await invoke(monitoring('05T10:00'));

    expect(trained).toHaveLength(2);
    expect((await loopStateOf(facts, MODEL)).stopped?.reason).toBe(
      `2 trainings in a row did not help (${trained.join(', ')})`,
    );
  });

  it('about answers asks for no training, but for a look at a version that is rolled out', async () => {
    const fault = alarm('02T10:00', 'ALARM', 'tidemill-dev-late-parcel-predict-faults');
    expect(await invoke(fault)).toEqual({ skipped: 'no version is being rolled out' });
    const rollout = { canary: {} };
    const rolling = defineModel({ ...declaration, serving: { online: {} }, rollout });
    const stage = { facts, model: MODEL, declared: rolling.rollout! };
    const registry = createRegistry(facts);
    await registry.register(newVersion({ model: MODEL }));
    const said = { at: new Date('2001-05-02T11:00:00Z'), by: 'run-2', reason: 'better' };
    await registry.promote({ ...said, model: MODEL, alias: 'champion', version: 1 });
    await registry.register(newVersion({ model: MODEL, runId: 'run-2' }));
    await openRollout(stage, { version: 2, champion: 1 }, said);

    const later = alarm('02T12:00', 'ALARM', 'tidemill-dev-late-parcel-predict-faults');
    expect(await invoke(later, rolling)).toMatchObject({ runId: 'monitor-20010502-120000-alarm' });
    expect(trained).toEqual([]);
    expect(await ringingAlarms(facts, MODEL)).toEqual([]);
    const during = (since: string) =>
      rangSince(facts, MODEL, ['predict-faults'], [since, new Date('2001-05-02T12:00:00Z')]);
    expect(await during('2001-05-02T11:00:00.000Z')).toContain('rang at 2001-05-02T12:00:00.000Z');
    expect(await during('2001-05-02T12:00:01.000Z')).toBeUndefined();
  });

  it('of a model that declares no retraining trains when it rings, and is not asked again', async () => {
    const alone = defineModel(declaration);
    await invoke(alarm('02T10:00', 'ALARM'), alone);
    await end(trained[0]!, 'failed');
    await invoke(monitoring('05T10:00'), alone);

    expect(trained).toHaveLength(1);
  });
});
