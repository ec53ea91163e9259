import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { explain } from '../../../../core/explain/explain.ts';
import { PredictionNotFoundError } from '../../../../core/explain/find-record.ts';
import { answerOf, factsOf, renderExplanation, samenessOf } from '../../../../core/explain/tell.ts';
import { layout } from '../../../../core/model/layout.ts';
import { defineModel, number } from '../../../../core/model/index.ts';
import type { PredictionRecord } from '../../../../core/model/records.ts';
import { signatureOf } from '../../../../core/model/signature.ts';
import { openSession } from '../../../../core/onnx/session.ts';
import { runFiles } from '../../../../core/pipeline/run-files.ts';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { createRuns } from '../../../../core/runs/runs.ts';
import { linear } from '../../../../core/train/linear.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';
import { newVersion } from '../../../fakes/registered-version.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const definition = defineModel({
  name: 'price',
  problem: { statement: 'How much?', decision: 'Bid', owner: 'ops@example.com' },
  data: { time: 'at' },
  target: { kind: 'regression', column: 'price' },
  features: { size: number({ description: 'Area' }), age: number({ description: 'Years' }) },
  split: { trainingDays: 2, holdoutDays: 1 },
  trainer: { algorithm: 'linear' },
  gate: { metric: 'rmse', beatBaselineBy: 0 },
  serving: { online: {} },
});

/** Learns price = 3 size - 2 age, which a grid tells without noise. */
async function trained(): Promise<Uint8Array> {
  const rows = 400;
  const size = Float32Array.from({ length: rows }, (_, at) => at % 20);
  const age = Float32Array.from({ length: rows }, (_, at) => Math.floor(at / 20));
  const training = {
    rows,
    numbers: { size, age },
    categories: {},
    times: {},
    target: Float64Array.from(size, (value, at) => 3 * value - 2 * age[at]!),
  };
  const fitted = await linear.fit({ task: definition, training, seed: 1, parameters: { l2: 0 } });
  return fitted.toOnnx();
}

async function open() {
  const scratch = await scratchFolder();
  const [objects, facts] = [memoryObjects(), memoryFacts()];
  const bytes = await trained();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const signature = signatureOf(definition);
  const runs = createRuns(facts);
  const run = { model: 'price', runId: 'run-1' };
  await createRegistry(facts).register(newVersion({ ...run, sha256, signature }));
  await objects.put(layout.modelFile('price', 1), bytes);
  const session = await openSession(bytes);
  const [value = NaN] = await session.run({
    rows: 1,
    numbers: Float32Array.of(10, 4),
    categories: [],
    times: new Float64Array(0),
  });
  await session.release();
  const record: PredictionRecord = {
    id: 'wanted',
    model: 'price',
    version: 1,
    source: 'stream',
    at: '2001-05-01T12:00:00.000Z',
    features: { size: 10, age: 4 },
    prediction: value,
    event: 'shardId-000000000000:7',
  };
  const keep = (day: string, name: string, records: readonly PredictionRecord[]) =>
    objects.put(
      `${layout.predictionsOf('price', day)}${name}.jsonl.gz`,
      gzipSync(records.map((line) => `${JSON.stringify(line)}\n`).join('')),
    );
  const look = (id = 'wanted', day?: string) =>
    explain({ objects, facts, openSession, scratch }, { model: 'price', id, day });
  return { objects, facts, runs, run, record, keep, look, scratch };
}

let at: Awaited<ReturnType<typeof open>>;

beforeEach(async () => {
  at = await open();
});

afterEach(() => at.objects.objects.clear());

/** Two rows to compare with: their mean is size 6, age 2. */
async function putHoldout(): Promise<void> {
  const { objects, run, scratch } = at;
  const file = join(scratch, 'made.parquet');
  await withDuckDb({ memoryMiB: 256, threads: 1, scratch }, (connection) =>
    connection.run(
      `copy (select * from (values (4.0, 1.0), (8.0, 3.0)) as t(size, age)) to '${file}' (format parquet)`,
    ),
  );
  await objects.upload(file, runFiles(run).holdout);
}

describe('explain', () => {
  it('runs the file again to the same bit, and says what a linear model did', async () => {
    await putHoldout();
    await at.keep('2001-05-01', 'stream-a', [at.record]);
    await at.runs.startRun({
      ...at.run,
      pipeline: 'train',
      trigger: 'schedule',
      at: new Date('2001-05-01'),
      asOf: new Date('2001-05-01'),
    });

    const found = await at.look();

    expect(found.output).toMatchObject({ recorded: found.output.now, same: true });
    const told = found.contributions.map(({ feature, contribution }) => [
      feature,
      Number(contribution.toFixed(3)),
    ]);
    // 3 (10 - 6) and -2 (4 - 2), over the mean of 3 * 6 - 2 * 2.
    expect(told).toEqual([
      ['size', 12],
      ['age', -4],
    ]);
    expect(found.mean).toBeCloseTo(14, 3);
    expect(factsOf(found)).toMatchObject({
      'asked for': '2001-05-01T12:00:00.000Z, on the stream at shardId-000000000000:7',
      'answered by': 'price/1',
      'made by': 'run run-1, schedule, as of 2001-05-01T00:00:00.000Z',
      data: 'd1',
      code: 'c1',
    });
    expect(renderExplanation(found)).toContain('+12');
  });

  it('says so where the model now gives another answer', async () => {
    await putHoldout();
    await at.keep('2001-05-01', 'stream-a', [{ ...at.record, prediction: 1 }]);

    const found = await at.look();

    expect(found.output.same).toBe(false);
    expect(samenessOf(found)).toMatch(/another answer/);
    expect(answerOf(found)).toBe('value 1');
  });

  it('compares a version from elsewhere with what was asked beside it', async () => {
    const other = { ...at.record, id: 'other', features: { size: 0, age: null } };
    await at.keep('2001-05-01', 'stream-a', [at.record, other]);

    const found = await at.look();

    expect(found.background).toEqual({ rows: 1, what: 'other predictions of its hour' });
    expect(found.run).toBeUndefined();
    const sum = found.contributions.reduce((total, { contribution }) => total + contribution, 0);
    expect(found.mean + sum).toBeCloseTo(found.output.now, 6);
  });

  it('finds the answer that was given before that of a shadow, on the day or on any', async () => {
    await putHoldout();
    await at.keep('2001-05-01', 'stream-a', [at.record]);
    await at.keep('2001-05-02', 'online-a', [{ ...at.record, variant: 'shadow' }]);

    expect((await at.look()).record.variant).toBeUndefined();
    expect((await at.look('wanted', '2001-05-01')).key).toContain('dt=2001-05-01/stream-a');
    expect((await at.look('wanted', '2001-05-02')).record.variant).toBe('shadow');
  });

  it('fails on an id that nobody has, and says where it looked', async () => {
    await at.keep('2001-05-01', 'stream-a', [at.record]);

    await expect(at.look('unknown')).rejects.toThrow(PredictionNotFoundError);
    await expect(at.look('wanted', '2001-05-03')).rejects.toThrow(/archived on 2001-05-03/);
  });

  it('fails on a file that is no longer the one that was registered', async () => {
    await at.keep('2001-05-01', 'stream-a', [at.record]);
    await at.objects.put(layout.modelFile('price', 1), 'something else');

    await expect(at.look()).rejects.toThrow(/registered/);
  });
});
