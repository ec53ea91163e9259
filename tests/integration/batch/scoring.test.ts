import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, withDuckDb } from '../../../core/data/duckdb.ts';
import type { BatchServing } from '../../../core/model/definition.ts';
import type { PredictionRecord } from '../../../core/model/records.ts';
import type { MonitorReport } from '../../../core/monitor/report.ts';
import { readJson } from '../../../core/pipeline/run-files.ts';
import { listManifests, newestManifest } from '../../../core/score/manifest.ts';
import { defineModel, type ModelDefinition } from '../../../core/model/index.ts';
import { putDay, spoil } from '../../fakes/parcel-day.ts';
import { parcelDeclaration, putParcels } from '../../fakes/parcels.ts';
import { inScratchFolder } from '../../fakes/scratch.ts';
import { createStepRunner, type StepRunner } from '../../fakes/step-runner.ts';

const asOf = new Date('2001-01-12T03:00:00Z');
const LATER = new Date('2001-05-01T03:00:00Z');
const DAY = 'dt=2001-01-11';
const day = { day: '2001-01-11' };

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

/** What is scored on another day is in no window that the monitors look at here. */
const scoreLater = (change: { runId: string; definition?: ModelDefinition; options: object }) =>
  score({ asOf: LATER, ...change });

const monitor = (runId: string, at: string, options: object = {}) =>
  runner.run('monitor', { definition: one, runId, asOf: new Date(at), options });

/** What monitors read of the day's batch. */
async function records(): Promise<PredictionRecord[]> {
  const [first] = await runner.objects.list('predictions/late-parcel/dt=2001-01-12/batch-');
  const lines = gunzipSync(await runner.objects.get(first?.key ?? ''))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as PredictionRecord);
}

/** Rows of everything that is published of an input. */
async function published(input = DAY): Promise<Record<string, unknown>[]> {
  const manifest = await newestManifest(runner.objects, 'late-parcel', input);
  return inScratchFolder((scratch) =>
    withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
      const rows: Record<string, unknown>[] = [];
      for (const [at, { key }] of (manifest?.parts ?? []).entries()) {
        const file = join(scratch, `${at}.parquet`);
        await runner.objects.download(key, file);
        rows.push(...(await rowsOf(connection, `select * from read_parquet('${file}')`)));
      }
      return rows;
    }),
  );
}

/** Lines of every rejects file of an input. */
async function rejects(input: string): Promise<Record<string, unknown>[]> {
  const keys = (await runner.objects.list('predictions/late-parcel/batch/rejects/'))
    .map(({ key }) => key)
    .filter((key) => key.includes(`/${input}/`));
  const texts = await Promise.all(keys.map((key) => runner.objects.get(key)));
  return texts.flatMap((text) =>
    gunzipSync(text)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}

const withBatch = (batch: BatchServing, format: 'parquet' | 'csv' | 'json' = 'parquet') =>
  defineModel({
    ...parcelDeclaration,
    data: { ...parcelDeclaration.data, format },
    serving: { batch },
  });

describe('score', () => {
  it('publishes every row of the day before once, with its keys', async () => {
    expect(await score()).toBe(0);

    const rows = await published();
    expect(rows).toHaveLength(300);
    expect(new Set(rows.map((row) => row['prediction_id'])).size).toBe(300);
    expect(new Set(rows.map((row) => Number(row['sent']))).size).toBe(300);
    for (const { prediction, probability, version } of rows) {
      expect(prediction).toBe(Number(probability) >= 0.5 ? 1 : 0);
      expect(version).toBe(1);
    }
    expect(runner.notices.at(-1)).toContain("published 300 rows of 'dt=2001-01-11'");
  });

  it('hands records with the same ids to the monitors', async () => {
    await score();
    const [first] = await records();
    expect(first).toMatchObject({
      model: 'late-parcel',
      version: 1,
      source: 'batch',
      at: '2001-01-12T03:00:00.000Z',
      features: { sent: '2001-01-11T00:00:00.000Z', weight: 31, depot: 'A' },
    });
    const ids = (await published()).map((row) => row['prediction_id']);
    expect(new Set((await records()).map(({ id }) => id))).toEqual(new Set(ids));
  });

  it('does nothing when the same is asked for again, unless told to', async () => {
    await score();
    const before = (await runner.objects.list('predictions/')).map(({ key }) => key);

    await score({ runId: 'score-2', asOf: new Date('2001-01-13T03:00:00Z'), options: day });
    expect(runner.said.at(-1)).toContain("nothing to do: run 'score-1' published 300 rows");
    expect((await runner.objects.list('predictions/')).map(({ key }) => key)).toEqual(before);

    await scoreLater({ runId: 'score-3', options: { ...day, again: true } });
    expect(await newestManifest(runner.objects, 'late-parcel', DAY)).toMatchObject({
      number: 2,
      runId: 'score-3',
    });
  });

  it('gives shards to an array, and publishes what its children did', async () => {
    const definition = withBatch({ rowsPerShard: 100 });
    await putDay(runner.objects, '2001-02-10', 'i as weight', { rows: 6000, groups: 3 });
    const run = { definition, runId: 'array-1', asOf: LATER, options: { day: '2001-02-10' } };
    expect(await scoreLater(run)).toBe(0);

    const [array, publishing] = runner.jobs.slice(-2);
    expect(array).toMatchObject({ children: 3, parameters: { step: 'shard' } });
    expect(publishing).toMatchObject({ parameters: { step: 'publish' } });
    const options: unknown = JSON.parse(array?.parameters['options'] ?? '');
    const publish = () => runner.run('publish', { ...run, options });
    const child = (candidate: number) => runner.run('shard', { ...run, options, candidate });

    // a planner that is retried submits nothing twice
    const submitted = runner.jobs.length;
    await scoreLater(run);
    expect(runner.jobs).toHaveLength(submitted);

    await child(0);
    // the same child twice at once
    await Promise.all([child(2), child(2)]);
    expect(await publish()).toBe(1);
    expect(runner.said.at(-1)).toContain('shard 1 of job');
    expect(await published('dt=2001-02-10')).toEqual([]);

    await child(1);
    expect(await publish()).toBe(0);
    const ids = (await published('dt=2001-02-10')).map((row) => row['prediction_id']);
    expect(ids).toHaveLength(6000);
    expect(new Set(ids).size).toBe(6000);
    expect(await publish()).toBe(0);
    expect((await listManifests(runner.objects, 'late-parcel', 'dt=2001-02-10')).length).toBe(1);
  });

  it('rejects the rows of a damaged row group together, and scores the others', async () => {
    const key = await putDay(runner.objects, '2001-02-11', 'i as weight', {
      rows: 6000,
      groups: 3,
    });
    spoil(runner.objects, key);
    const definition = withBatch({ maximumRejectedShare: 0.5 });
    expect(
      await scoreLater({ definition, runId: 'spoilt-1', options: { day: '2001-02-11' } }),
    ).toBe(0);

    const scored = await published('dt=2001-02-11');
    const [range] = await rejects('dt=2001-02-11');
    expect(range).toMatchObject({ key, rows: 2048 });
    expect(scored.length + Number(range?.['rows'])).toBe(6000);
  });

  it('fails before publishing when too many rows are rejected', async () => {
    const key = await putDay(runner.objects, '2001-02-12', 'i as weight', {
      rows: 6000,
      groups: 3,
    });
    spoil(runner.objects, key);
    const definition = withBatch({});
    expect(
      await scoreLater({ definition, runId: 'spoilt-2', options: { day: '2001-02-12' } }),
    ).toBe(2);
    expect(runner.said.at(-1)).toContain('2048 of 6000 rows were rejected');
    expect(await published('dt=2001-02-12')).toEqual([]);
  });

  it('fails when the input changes between planning and scoring', async () => {
    await putDay(runner.objects, '2001-02-13', 'i as weight', { rows: 6000, groups: 3 });
    const definition = withBatch({ rowsPerShard: 100 });
    const run = { definition, runId: 'changed-1', asOf: LATER, options: { day: '2001-02-13' } };
    await scoreLater(run);
    const options: unknown = JSON.parse(runner.jobs.at(-1)?.parameters['options'] ?? '');
    await putDay(runner.objects, '2001-02-13', 'i + 1 as weight', { rows: 6000, groups: 3 });

    expect(await runner.run('shard', { ...run, options, candidate: 0 })).toBe(2);
    expect(runner.said.at(-1)).toContain('was changed or deleted since the job was planned');
  });

  it('finds every row of a file of many batches', async () => {
    await putDay(runner.objects, '2001-02-15', 'i as weight', { rows: 50_000 });
    expect(await scoreLater({ runId: 'many-1', options: { day: '2001-02-15' } })).toBe(0);
    expect(new Set((await published('dt=2001-02-15')).map(({ sent }) => Number(sent))).size).toBe(
      50_000,
    );
  });

  it('rejects files that lack a feature, and scores those beside them', async () => {
    await putDay(runner.objects, '2001-02-14', 'i as weight', { rows: 100, name: 'a' });
    await putDay(runner.objects, '2001-02-14', 'i as mass', { rows: 10, name: 'b' });
    const definition = withBatch({ maximumRejectedShare: 0.5 });
    expect(await scoreLater({ definition, runId: 'drift-1', options: { day: '2001-02-14' } })).toBe(
      0,
    );

    expect(await published('dt=2001-02-14')).toHaveLength(100);
    const [range] = await rejects('dt=2001-02-14');
    expect(range).toMatchObject({ fromRow: 0, rows: 10 });
    expect(JSON.stringify(range)).toContain("has no column 'weight'");
  });

  it.each([
    ['no rows', 0],
    ['one row', 1],
  ])('publishes an input of %s', async (_, rows) => {
    const date = `2001-03-0${rows + 1}`;
    await putDay(runner.objects, date, 'i as weight', { rows });
    expect(await scoreLater({ runId: `rows-${rows}`, options: { day: date } })).toBe(0);
    expect(await newestManifest(runner.objects, 'late-parcel', `dt=${date}`)).toMatchObject({
      rows,
      rejected: 0,
    });
    expect(await published(`dt=${date}`)).toHaveLength(rows);
  });

  it('puts values and lines of CSV that cannot be read aside, each with its reason', async () => {
    const key = 'datasets/late-parcel/dt=2001-02-01/a.csv';
    const lines = ['sent,weight,depot', '2001-02-01,3,A', '2001-02-01,heavy,A', '2001-02-01,,'];
    await runner.objects.put(key, [...lines, '2001-02-01,4', '2001-02-01,5,B,C', ''].join('\n'));
    const definition = withBatch({ keys: ['weight'], maximumRejectedShare: 0.9 }, 'csv');

    await scoreLater({ definition, runId: 'csv-1', options: { day: '2001-02-01' } });

    const scored = await published('dt=2001-02-01');
    expect(scored.map(({ weight }) => weight)).toEqual(['3', null]);
    expect(await rejects('dt=2001-02-01')).toMatchObject([
      { key, row: 1, values: { weight: 'heavy' }, problems: [{ pointer: '/weight' }] },
      { key, line: 5, problems: [{ got: 'Expected Number of Columns: 3 Found: 2' }] },
      { key, line: 6, problems: [{ got: 'Expected Number of Columns: 3 Found: 4' }] },
    ]);
  });

  it('puts lines of JSON whose shape drifts aside, each with its reason', async () => {
    const lines = [
      '{"sent": "2001-02-02", "weight": 1, "depot": "A"}',
      '{"sent": "2001-02-02", "weight": {"kg": 2}, "depot": "A"}',
      '{"sent": "2001-02-02", "weight":',
      '[1]',
      '{"sent": "2001-02-02", "weight": 5, "depot": "B", "colour": "red"}',
    ];
    await runner.objects.put('datasets/late-parcel/dt=2001-02-02/a.jsonl', lines.join('\n'));
    const definition = withBatch({ keys: ['weight'], maximumRejectedShare: 0.9 }, 'json');

    await scoreLater({ definition, runId: 'json-1', options: { day: '2001-02-02' } });

    expect((await published('dt=2001-02-02')).map(({ weight }) => weight)).toEqual(['1', '5']);
    expect((await rejects('dt=2001-02-02')).map(({ row }) => row)).toEqual([1, 2, 3]);
  });

  it('ends well on a day without data, and says so', async () => {
    expect(await score({ runId: 'none-1', options: { day: '2001-04-01' } })).toBe(0);
    expect(runner.said.at(-1)).toContain(
      "there is no data at 'datasets/late-parcel/dt=2001-04-01'",
    );
  });

  it('fails for good where there is no such version', async () => {
    expect(await score({ runId: 'none-2', options: { version: 9 } })).toBe(2);
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
    expect(report.performance.notJudged).toBe('0 labels are in, and 100 are needed');
    const page = new TextDecoder().decode(await runner.objects.get(`${folder}report.html`));
    expect(page).toContain('Nothing to look at');
    expect(runner.published.at(-1)).toMatchObject({
      at: new Date('2001-01-12T04:00:00Z'),
      metrics: { CurrentRows: { value: 300 }, MissingShare: { value: 0 } },
    });
  });

  it('of a past moment reports, and rings for nobody', async () => {
    const before = runner.published.length;
    await monitor('monitor-past', '2001-05-01T00:00:00Z', { publish: false });

    expect(runner.published.length).toBe(before);
    const key = 'reports/late-parcel/2001-05-01T000000Z-24h/report.json';
    expect(await readJson<MonitorReport>(runner.objects, key)).toMatchObject({ rows: 0 });
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
