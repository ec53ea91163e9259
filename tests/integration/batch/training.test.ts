import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { toInputBatch } from '../../../core/data/columns.ts';
import type { StepContext } from '../../../batch/step.ts';
import { openSession } from '../../../core/onnx/session.ts';
import type { Evaluation } from '../../../core/pipeline/evaluation.ts';
import { readJson } from '../../../core/pipeline/run-files.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { createRuns } from '../../../core/runs/runs.ts';
import { defineModel, number } from '../../../core/model/index.ts';
import { parcelDeclaration, putLeakingParcels, putParcels } from '../../fakes/parcels.ts';
import { createStepRunner, type StepRunner } from '../../fakes/step-runner.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';

const MODEL = 'late-parcel';
const CHAIN = [
  ['prepare', 0],
  ['train', 0],
  ['train', 1],
  ['evaluate', 0],
  ['register', 0],
  ['promote', 0],
] as const;

async function train(runner: StepRunner, change: Partial<StepContext> = {}): Promise<number[]> {
  const codes: number[] = [];
  for (const [step, candidate] of CHAIN) {
    codes.push(await runner.run(step, { ...change, candidate }));
  }
  return codes;
}

/** Every object by key, as a hash. */
function contentOf({ objects }: StepRunner): Record<string, string> {
  return Object.fromEntries(
    [...objects.objects].map(([key, body]) => [key, createHash('md5').update(body).digest('hex')]),
  );
}

let runner: StepRunner;

beforeAll(async () => {
  runner = createStepRunner();
  // 11 days, of which 10 are used: 5,000 rows
  const days = { from: '2001-01-01', days: 11, rowsADay: 500 };
  await inScratchFolder((scratch) => putParcels(runner.objects, scratch, days));
  await train(runner);
});

describe('a training run', () => {
  it('ends with a champion that beats the baseline, and a history that says by how much', async () => {
    const champion = await createRegistry(runner.facts).championOf(MODEL);
    expect(champion).toMatchObject({ version: 1, by: 'run run-1', at: '2001-01-12T00:00:00.000Z' });
    expect(champion.reason).toMatch(
      /^auc 0\.\d{4} beats the baseline model \(0\.5000\) by 0\.05 \(\+0\.\d{4}, 95 % interval \+0\.\d{4} to \+0\.\d{4}\)$/,
    );
  });

  it('has learned the rule in the data', async () => {
    const evaluation = await readJson<Evaluation>(
      runner.objects,
      `runs/${MODEL}/run-1/evaluation.json`,
    );
    // Half of the rows are late in 1 of 5 cases; of the others, three depots in 2 of 3.
    expect(evaluation.metrics['auc']).toBeGreaterThan(0.65);
    expect(evaluation.rows).toBe(1000);
  });

  it('leaves a version that predicts', async () => {
    const { objects } = runner;
    const session = await openSession(await objects.get(`versions/${MODEL}/1/model.onnx`));
    const at = Date.parse('2001-01-12T10:00:00Z');
    const batch = toInputBatch(
      {
        rows: 2,
        numbers: { weight: Float32Array.of(40, 5) },
        categories: { depot: { dictionary: ['A'], codes: Int32Array.of(0, 0) } },
        times: { sent: Float64Array.of(at, at) },
        target: new Float64Array(0),
      },
      session.signature,
    );
    const [heavy = 0, light = 0] = await session.run(batch);
    expect(heavy).toBeGreaterThan(light);
  });

  it('writes down its data, parameters, metrics, candidates and steps', async () => {
    const run = await createRuns(runner.facts).getRun({ model: MODEL, runId: 'run-1' });
    expect(run).toMatchObject({
      status: 'finished',
      parameters: { sample: 1, trainingDays: 8, holdoutDays: 2, champion: 'none' },
      tags: { version: '1', outcome: 'champion' },
      steps: {
        prepare: { status: 'finished', note: '4000 rows to train on and 1000 to judge by' },
        train: { status: 'finished', note: '2 candidates' },
        promote: { status: 'finished' },
      },
    });
    expect(run.candidates.map(({ candidate }) => candidate)).toEqual([0, 1]);
    expect(run.lineage?.datasetFingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(run.metrics)).toContain('baseline.auc');
  });

  it('keeps a profile of the training rows with the version', async () => {
    const profile = await readJson(runner.objects, `versions/${MODEL}/1/profile.json`);
    expect(profile).toMatchObject({
      model: MODEL,
      runId: 'run-1',
      rows: 4000,
      features: { depot: { counts: { A: 1000, B: 1000, C: 1000, D: 1000 } } },
    });
  });

  it('makes a report that shows candidates and curves, and fetches nothing', async () => {
    const page = new TextDecoder().decode(
      await runner.objects.get(`runs/${MODEL}/run-1/report.html`),
    );
    expect(page).toContain('Passes the gate');
    expect(page.match(/<polyline/g)?.length).toBeGreaterThanOrEqual(6);
    expect(page).not.toMatch(/https?:|<script|<link/);
  });

  it('leaves the same bytes and no second version when every step runs twice', async () => {
    const before = contentOf(runner);
    const codes = await train(runner);
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(contentOf(runner)).toEqual(before);
    const registry = createRegistry(runner.facts);
    expect(await registry.versions(MODEL)).toHaveLength(1);
    expect(await registry.history(MODEL, 'champion')).toHaveLength(1);
  });

  it('stays a challenger when it is no better than the champion on the same rows', async () => {
    await train(runner, { runId: 'run-2' });
    const registry = createRegistry(runner.facts);
    expect((await registry.championOf(MODEL)).version).toBe(1);
    const challenger = await registry.aliasOf(MODEL, 'challenger');
    expect(challenger.version).toBe(2);
    expect(challenger.reason).toContain('does not beat champion 1');
  });

  it('is compared only on rows that the champion was not trained on, and says so', async () => {
    // The champion was trained on days up to the 9th, which is the first of this holdout.
    const asOf = new Date('2001-01-11T00:00:00Z');
    await train(runner, { runId: 'run-early', asOf });

    const evaluation = await readJson<Evaluation>(
      runner.objects,
      `runs/${MODEL}/run-early/evaluation.json`,
    );
    expect(evaluation).toMatchObject({ rows: 1000, champion: { version: 1, learned: 500 } });
    const { tags } = await createRuns(runner.facts).getRun({ model: MODEL, runId: 'run-early' });
    expect(tags['gate']).toContain(', without 500 rows that it was trained on');
  });

  it('does not replace a champion that it was not compared with', async () => {
    const fresh = createStepRunner();
    const days = { from: '2001-01-01', days: 11, rowsADay: 500 };
    await inScratchFolder((scratch) => putParcels(fresh.objects, scratch, days));
    for (const [step, candidate] of CHAIN.slice(0, -1)) await fresh.run(step, { candidate });
    const registry = createRegistry(fresh.facts);
    const own = await registry.version(MODEL, 1);
    await registry.register({ ...own, runId: 'by-hand', at: new Date('2001-01-12') });
    const at = new Date('2001-01-12');
    await registry.promote({ ...own, version: 2, alias: 'champion', at, reason: '', by: 'me' });

    await fresh.run('promote');

    expect((await registry.championOf(MODEL)).version).toBe(2);
    expect((await registry.aliasOf(MODEL, 'challenger')).reason).toContain(
      'but version 2 has become champion since',
    );
  });

  it('says so when it trains on a sample', async () => {
    await runner.run('prepare', { runId: 'run-3', options: { sample: 0.5 } });
    expect(runner.said.at(-1)).toMatch(/rows to train on .*, a sample of 50 %$/);
  });

  it('fails for good on bad data, marks the run and frees the lock', async () => {
    const code = await runner.run('prepare', {
      runId: 'run-4',
      asOf: new Date('1999-01-01T00:00:00Z'),
    });
    expect(code).toBe(2);
    expect(runner.published).toContainEqual({
      metrics: { FailedJobs: { value: 1, unit: 'Count' } },
    });
    expect(await createRuns(runner.facts).getRun({ model: MODEL, runId: 'run-4' })).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('prepare: there is no data from before 1999-01-01'),
    });
  });

  it('stops before any training when a check fails, and says so in the report', async () => {
    const definition = defineModel({
      ...parcelDeclaration,
      features: {
        ...parcelDeclaration.features,
        days_early: number({ description: 'Known only afterwards', minimum: -5 }),
      },
    });
    await inScratchFolder((scratch) => putLeakingParcels(runner.objects, scratch));
    const change = { runId: 'run-6', definition, asOf: new Date('2002-01-12T00:00:00Z') };
    expect(await runner.run('prepare', change)).toBe(2);

    const run = await createRuns(runner.facts).getRun({ model: MODEL, runId: 'run-6' });
    expect(run.failure).toContain("leakage: 'days_early' alone tells the target");
    expect(run.checks).toMatchObject([{ check: 'leakage', column: 'days_early', passed: false }]);
    const folder = `runs/${MODEL}/run-6/`;
    const page = new TextDecoder().decode(await runner.objects.get(`${folder}report.html`));
    expect(page).toContain('Stopped before training');
    const keys = (await runner.objects.list(folder)).map(({ key }) => key.slice(folder.length));
    expect(keys).toEqual(['checks.json', 'definition.json', 'report.html']);
  });

  it('fails for now when a store does not answer, and can still finish', async () => {
    const objects = {
      ...runner.objects,
      list: async () => {
        throw new Error('connection reset');
      },
    };
    expect(await runner.run('prepare', { runId: 'run-5', objects })).toBe(1);
    expect(await train(runner, { runId: 'run-5' })).toEqual([0, 0, 0, 0, 0, 0]);
    const run = await createRuns(runner.facts).getRun({ model: MODEL, runId: 'run-5' });
    expect(run.status).toBe('finished');
  });
});
