import { beforeAll, describe, expect, it } from 'vitest';
import type { Rebuild } from '../../../core/pipeline/rebuild.ts';
import { readJson } from '../../../core/pipeline/run-files.ts';
import { defineModel } from '../../../core/model/index.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { parcelDeclaration, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { createStepRunner, type StepRunner } from '../../fakes/step-runner.ts';

const MODEL = 'late-parcel';
let runner: StepRunner;

/** Rebuilds version 1 in a run of its own. */
async function rebuild(runId: string, change: object = {}): Promise<Rebuild> {
  const options = { version: 1 };
  const code = await runner.run('rebuild', {
    runId,
    options,
    asOf: new Date('2026-01-01'),
    ...change,
  });
  expect(code).toBe(0);
  return readJson<Rebuild>(runner.objects, `runs/${MODEL}/${runId}/rebuild.json`);
}

beforeAll(async () => {
  runner = createStepRunner();
  await inScratchFolder((scratch) =>
    putParcels(runner.objects, scratch, { from: '2001-01-01', days: 11, rowsADay: 300 }),
  );
  const options = { sample: 0.7 };
  for (const [step, candidate] of [
    ['prepare', 0],
    ['train', 0],
    ['train', 1],
    ['evaluate', 0],
    ['register', 0],
    ['promote', 0],
  ] as const) {
    await runner.run(step, { candidate, options });
  }
});

describe('rebuild', () => {
  it('ends with the same file, to the byte', async () => {
    const { sha256 } = await createRegistry(runner.facts).version(MODEL, 1);
    expect(await rebuild('again')).toMatchObject({
      identical: true,
      sha256: { recorded: sha256, rebuilt: sha256 },
      objects: [],
      environment: {},
    });
  });

  it.each([1, 3])('ends with the same file on %i threads', async (threads) => {
    const options = { version: 1, threads };
    expect(await rebuild(`threads-${threads}`, { options })).toMatchObject({ identical: true });
  });

  it('fails for good on a version that no run made', async () => {
    const registry = createRegistry(runner.facts);
    const version = await registry.version(MODEL, 1);
    await registry.register({ ...version, runId: 'by-hand', at: new Date('2001-01-12') });
    const options = { version: 2 };
    expect(await runner.run('rebuild', { runId: 'by-hand-again', options })).toBe(2);
    expect(runner.said.at(-1)).toContain(`${MODEL}/2 has no training to repeat`);
  });

  it('goes by what was declared then, whatever is declared now', async () => {
    const definition = defineModel({
      ...parcelDeclaration,
      trainer: { algorithm: 'linear' },
      split: { trainingDays: 3, holdoutDays: 1 },
    });
    expect(await rebuild('other-declaration', { definition })).toMatchObject({ identical: true });
  });

  it('says that the code is another', async () => {
    const outcome = await rebuild('other-code', { code: () => 'other code' });
    expect(outcome.code).toEqual({ recorded: 'code', now: 'other code' });
  });

  it('names the object that was changed, and the one that is gone', async () => {
    const key = `datasets/${MODEL}/dt=2001-01-03/part-0.parquet`;
    const other = `datasets/${MODEL}/dt=2001-01-04/part-0.parquet`;
    const kept = runner.objects.objects.get(key)!;
    runner.objects.objects.set(key, runner.objects.objects.get(other)!);
    expect(await rebuild('changed')).toMatchObject({
      identical: false,
      objects: [{ key, problem: 'changed' }],
    });

    runner.objects.objects.delete(key);
    const gone = await rebuild('gone');
    expect(gone).toMatchObject({ identical: false, objects: [{ key, problem: 'gone' }] });
    expect(gone.sha256).not.toHaveProperty('rebuilt');
    runner.objects.objects.set(key, kept);
  });
});
