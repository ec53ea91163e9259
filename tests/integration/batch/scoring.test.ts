import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../../core/model/records.ts';
import type { MonitorReport } from '../../../core/monitor/report.ts';
import { readJson } from '../../../core/pipeline/run-files.ts';
import { defineModel } from '../../../core/model/index.ts';
import { parcelDeclaration, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { createStepRunner, type StepRunner } from '../../fakes/step-runner.ts';

const asOf = new Date('2001-01-12T03:00:00Z');
const PREDICTIONS = 'predictions/late-parcel/dt=2001-01-12/batch-2001-01-11-score-1.jsonl.gz';

let runner: StepRunner;

beforeAll(async () => {
  runner = createStepRunner();
  const days = { from: '2001-01-01', days: 11, rowsADay: 300 };
  await inScratchFolder((scratch) => putParcels(runner.objects, scratch, days));
  for (const step of ['prepare', 'train', 'evaluate', 'register', 'promote'] as const) {
    await runner.run(step, { definition: one });
  }
});

/** One candidate is enough. */
const one = defineModel({
  ...parcelDeclaration,
  trainer: { ...parcelDeclaration.trainer, candidates: 1 },
});

const score = (change: object = {}) =>
  runner.run('score', { definition: one, runId: 'score-1', asOf, ...change });

const monitor = (runId: string, at: string) =>
  runner.run('monitor', { definition: one, runId, asOf: new Date(at) });

async function records(key = PREDICTIONS): Promise<PredictionRecord[]> {
  const lines = gunzipSync(await runner.objects.get(key))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as PredictionRecord);
}

describe('score', () => {
  it('writes a record for every row of the day before', async () => {
    expect(await score()).toBe(0);

    const written = await records();
    expect(written).toHaveLength(300);
    expect(written[0]).toMatchObject({
      model: 'late-parcel',
      version: 1,
      source: 'batch',
      at: '2001-01-12T03:00:00.000Z',
      features: { sent: '2001-01-11T00:00:00.000Z', weight: 31, depot: 'A' },
    });
    expect(new Set(written.map(({ id }) => id)).size).toBe(300);
    expect(await readJson(runner.objects, 'runs/late-parcel/score-1/manifest.json')).toMatchObject({
      day: '2001-01-11',
      version: 1,
      rows: 300,
      rejected: 0,
      predictions: PREDICTIONS,
    });
  });

  it('leaves the same bytes when it runs twice, and the same ids at another as-of', async () => {
    await score();
    const before = await runner.objects.get(PREDICTIONS);
    const ids = (await records()).map(({ id }) => id);
    await score();
    expect(await runner.objects.get(PREDICTIONS)).toEqual(before);

    await score({
      runId: 'score-2',
      asOf: new Date('2001-01-13T03:00:00Z'),
      options: { day: '2001-01-11' },
    });
    const later = 'predictions/late-parcel/dt=2001-01-13/batch-2001-01-11-score-2.jsonl.gz';
    expect((await records(later)).map(({ id }) => id)).toEqual(ids);
  });

  it('puts rows that cannot be scored aside, with the reason', async () => {
    const key = 'datasets/late-parcel/dt=2001-02-01/a.csv';
    await runner.objects.put(
      key,
      'sent,weight,depot\n2001-02-01,3,A\n2001-02-01,heavy,A\n2001-02-01,,\n',
    );
    const csv = { ...one, data: { ...one.data, format: 'csv' as const } };

    await score({ definition: csv, runId: 'score-3', asOf: new Date('2001-02-02T03:00:00Z') });

    const scored = 'predictions/late-parcel/dt=2001-02-02/batch-2001-02-01-score-3.jsonl.gz';
    expect((await records(scored)).map(({ features }) => features['weight'])).toEqual([3, null]);
    const rejects = gunzipSync(
      await runner.objects.get('runs/late-parcel/score-3/rejects.jsonl.gz'),
    ).toString();
    expect(JSON.parse(rejects)).toMatchObject({
      key,
      row: 1,
      values: { weight: 'heavy' },
      problems: [{ pointer: '/weight', got: 'text "heavy"' }],
    });
  });

  it('ends well on a day without data, and says so', async () => {
    const code = await score({ runId: 'score-4', options: { day: '2001-03-01' } });
    expect(code).toBe(0);
    expect(runner.said.at(-1)).toContain('there is no data of 2001-03-01');
  });

  it('fails for good where there is no such version', async () => {
    expect(await score({ runId: 'score-5', options: { version: 9 } })).toBe(2);
    expect(runner.said.at(-1)).toContain("model 'late-parcel' has no version 9");
  });
});

describe('monitor', () => {
  it('compares the window with the training data, and publishes what it found', async () => {
    await score();
    expect(await monitor('monitor-1', '2001-01-12T04:00:00Z')).toBe(0);

    const folder = 'reports/late-parcel/2001-01-12T040000Z-24h/';
    const report = await readJson<MonitorReport>(runner.objects, `${folder}report.json`);
    expect(report).toMatchObject({ version: 1, rows: 300, labelledRows: 0, findings: [] });
    expect(report.performance?.notJudged).toBe('0 labels are in, and 100 are needed');
    const page = new TextDecoder().decode(await runner.objects.get(`${folder}report.html`));
    expect(page).toContain('Nothing to look at');
    expect(runner.published.at(-1)).toMatchObject({
      at: new Date('2001-01-12T04:00:00Z'),
      metrics: { CurrentRows: { value: 300 }, MissingShare: { value: 0 } },
    });
  });

  it('measures performance once labels are in', async () => {
    await score();
    const labels = (await records()).map(({ id, probability = 0 }) =>
      JSON.stringify({
        id,
        model: 'late-parcel',
        at: '2001-01-12T05:00:00.000Z',
        label: probability > 0.3 ? 1 : 0,
      }),
    );
    await runner.objects.put('labels/late-parcel/dt=2001-01-12/a.jsonl', labels.join('\n'));

    await monitor('monitor-2', '2001-01-12T06:00:00Z');

    // labels that follow the model's own ranking are ranked without error
    expect(runner.published.at(-1)?.metrics).toMatchObject({
      LabelledRows: { value: 300 },
      Performance: { value: 1 },
    });
  });

  it('publishes nothing that could alarm for a window with few rows', async () => {
    await monitor('monitor-3', '2001-06-01T00:00:00Z');
    expect(runner.published.at(-1)?.metrics).toEqual({
      CurrentRows: { value: 0, unit: 'Count' },
      LabelledRows: { value: 0, unit: 'Count' },
    });
  });
});
