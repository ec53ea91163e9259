import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { literal, rowOf, withDuckDb } from '../../../../core/data/duckdb.ts';
import { erase } from '../../../../core/erase/erase.ts';
import { category } from '../../../../core/model/index.ts';
import { rollingCount } from '../../../../core/model/rolling-features.ts';
import { batchKeys } from '../../../../core/score/keys.ts';
import { newestManifest, publishManifest, type Part } from '../../../../core/score/manifest.ts';
import { type MemoryFacts, memoryFacts } from '../../../fakes/memory-facts.ts';
import { createRollingFeatures } from '../../../../core/serve/rolling/rolling-values.ts';
import { memoryObjects, type MemoryObjects } from '../../../fakes/memory-objects.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const MODEL = 'churn';
const definition = {
  name: MODEL,
  serving: { entity: 'customer', unknownFeatures: 'reject' as const },
  rolling: {
    visits_1h: rollingCount({ by: 'customer', overMinutes: 60 }),
    visits_1d: rollingCount({ by: 'customer', overMinutes: 1440 }),
    shop_visits_1h: rollingCount({ by: 'shop', overMinutes: 60 }),
  },
};

function lines(records: readonly unknown[]): Uint8Array {
  return gzipSync(records.map((each) => `${JSON.stringify(each)}\n`).join(''));
}

function record(id: string, customer: string, rest: object = {}) {
  return { id, model: MODEL, features: { customer }, ...rest };
}

async function recordsIn(objects: MemoryObjects, key: string): Promise<unknown[]> {
  return gunzipSync(await objects.get(key))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

const KEPT = {
  mixed: 'predictions/churn/dt=2001-05-01/online-a.jsonl.gz',
  only: 'predictions/churn/dt=2001-05-02/stream-b.jsonl.gz',
  labels: 'labels/churn/dt=2001-05-03/online-c.jsonl',
  quarantine: 'quarantine/churn/dt=2001-05-01/d.jsonl.gz',
  unsent: 'unsent/churn/e.jsonl',
};

/** As it is kept in the quarantine. */
function event(customer: string) {
  const data = Buffer.from(JSON.stringify({ customer })).toString('base64');
  return { id: `e-${customer}`, partitionKey: 'any', data };
}

async function stores() {
  const objects = memoryObjects();
  await objects.put(KEPT.mixed, lines([record('p1', '4711'), record('p2', '4712')]));
  await objects.put(KEPT.only, lines([record('p3', '4711'), record('p4', '', { entity: '4711' })]));
  await objects.put(
    KEPT.labels,
    '{"id":"p1","label":1}\n{"id":"p2","label":0}\n{"id":"p4","label":1}\n',
  );
  await objects.put(KEPT.quarantine, lines([event('4711'), event('4712')]));
  await objects.put(KEPT.unsent, `${JSON.stringify(record('p5', '4711'))}\n`);
  await objects.put(
    'predictions/other/dt=2001-05-01/online-a.jsonl.gz',
    lines([record('x', '4711')]),
  );
  return { objects, facts: memoryFacts() };
}

async function request(dryRun = false) {
  return {
    definition,
    entity: '4711',
    at: new Date('2001-06-01T00:00:00Z'),
    by: 'tests',
    salt: 'salt',
    dryRun,
    scratch: await scratchFolder(),
  };
}

describe('erasing an entity', () => {
  it('takes its records out of everything that is kept, and leaves the others', async () => {
    const { objects, facts } = await stores();

    const erased = await erase({ objects, facts }, await request());

    expect(erased).toEqual({
      predictions: 3,
      labels: 2,
      quarantine: 1,
      unsent: 1,
      batches: 0,
      rolling: 0,
    });
    expect(await recordsIn(objects, KEPT.mixed)).toEqual([record('p2', '4712')]);
    expect(Buffer.from(await objects.get(KEPT.labels)).toString()).toBe('{"id":"p2","label":0}\n');
    expect(await recordsIn(objects, KEPT.quarantine)).toEqual([event('4712')]);
    expect(objects.objects.has(KEPT.only)).toBe(false);
    expect(objects.objects.has(KEPT.unsent)).toBe(false);
  });

  it('touches no other model, and finds nothing when it is done again', async () => {
    const { objects, facts } = await stores();
    await erase({ objects, facts }, await request());
    const before = new Map(objects.objects);

    const again = await erase({ objects, facts }, await request());

    expect(Object.values(again)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(objects.objects).toEqual(before);
    expect(before.has('predictions/other/dt=2001-05-01/online-a.jsonl.gz')).toBe(true);
  });

  it('only counts in a dry run', async () => {
    const { objects, facts } = await stores();
    const before = new Map(objects.objects);

    const erased = await erase({ objects, facts }, await request(true));

    expect(erased.predictions).toBe(3);
    expect(objects.objects).toEqual(before);
    expect(facts.facts.size).toBe(0);
  });

  it('leaves a fact that can be checked against a name, and does not hold it', async () => {
    const { objects, facts } = await stores();

    await erase({ objects, facts }, await request());

    const [fact] = await facts.query('erasure#churn');
    expect(fact).toMatchObject({
      by: 'tests',
      entitySha256: createHash('sha256').update('salt4711').digest('hex'),
      rows: { predictions: 3 },
    });
    expect(JSON.stringify(fact)).not.toContain('4711');
  });
});

/** What a consumer leaves that was told of two customers in one shop. */
async function counted() {
  const { objects, facts } = await stores();
  const store = createRollingFeatures(
    {
      ...definition,
      data: { time: 'at', format: 'parquet' },
      features: {
        customer: category({ description: 'who came' }),
        shop: category({ description: 'where to' }),
      },
    },
    () => facts,
  );
  const now = new Date('2001-05-01T12:00:00Z');
  const visit = (customer: string) => ({
    id: `visit-${customer}`,
    features: { customer, shop: '4711' },
    time: now.getTime(),
  });
  await store!.take([visit('4711'), visit('4712')], now);
  return { objects, facts };
}
const states = (facts: MemoryFacts) =>
  [...facts.facts.values()].map(({ partition }) => partition).filter((one) => one.startsWith('r'));

describe('erasing what rolling features keep', () => {
  it('takes out the states of the entity, and none of others of its name', async () => {
    const { objects, facts } = await counted();
    expect(states(facts)).toHaveLength(5);
    const shop = [...facts.facts.values()].filter(({ sort }) => sort.includes('shop'));

    const erased = await erase({ objects, facts }, await request());

    expect(erased.rolling).toBe(2);
    expect(states(facts)).toHaveLength(3);
    for (const state of shop) expect(await facts.get(state)).toEqual(state);
  });

  it('only counts them in a dry run', async () => {
    const { objects, facts } = await counted();

    expect(await erase({ objects, facts }, await request(true))).toMatchObject({ rolling: 2 });
    expect(states(facts)).toHaveLength(5);
  });
});

/** A batch of three rows, two of them of the entity. */
async function published() {
  const { objects, facts } = await stores();
  const scratch = await scratchFolder();
  const file = join(scratch, 'part.parquet');
  await withDuckDb({ memoryMiB: 128, threads: 1, scratch }, (connection) =>
    connection.run(
      `copy (select * from (values (4711, 0.5), (4712, 0.25), (4711, 0.75)) t(customer, probability))
       to ${literal(file)} (format parquet)`,
    ),
  );
  const keys = batchKeys(MODEL);
  await objects.upload(file, 'tmp');
  const bytes = await objects.get('tmp');
  await objects.remove('tmp');
  const put = async (body: Uint8Array, rows: number, keyOf: (hash: string) => string) => {
    const sha256 = createHash('sha256').update(body).digest('hex');
    const part: Part = { key: keyOf(sha256), sha256, bytes: body.byteLength, rows };
    await objects.put(part.key, body);
    return part;
  };
  const day = 'dt=2001-05-01';
  const part = await put(bytes, 3, (hash) => keys.part(day, 'j1', 0, hash));
  const sample = await put(lines([record('s1', '4711')]), 1, (hash) => keys.sample('j1', 0, hash));
  const receipt = { shard: 0, rows: 3, rejected: 0, part, sample, vcpuSeconds: 1 };
  await objects.put(keys.receipt('j1', 0), JSON.stringify(receipt));
  await publishManifest(objects, {
    model: MODEL,
    version: 1,
    job: 'j1',
    runId: 'run-1',
    asOf: '2001-05-02T03:00:00.000Z',
    input: day,
    fingerprint: 'f',
    inputs: [],
    rows: 3,
    rejected: 0,
    vcpuSeconds: 1,
    parts: [part],
    rejects: [],
    samples: [sample],
  });
  return { objects, facts, part, sample, day };
}

describe('erasing an entity from batches', () => {
  it('rewrites its parts, and nothing lists what is gone', async () => {
    const { objects, facts, part, sample, day } = await published();

    const { batches } = await erase({ objects, facts }, await request());

    expect(batches).toBe(3);
    const manifest = await newestManifest(objects, MODEL, day);
    expect(manifest).toMatchObject({ number: 1, rows: 1, samples: [] });
    const [left] = manifest!.parts;
    const body = await objects.get(left!.key);
    expect(createHash('sha256').update(body).digest('hex')).toBe(left!.sha256);
    expect(left!.rows).toBe(1);
    const scratch = await scratchFolder();
    const file = join(scratch, 'left.parquet');
    await objects.download(left!.key, file);
    const seen = await withDuckDb({ memoryMiB: 128, threads: 1, scratch }, (connection) =>
      rowOf(connection, `select customer from read_parquet(${literal(file)})`),
    );
    expect(seen).toEqual({ customer: 4712 });
    expect(objects.objects.has(part.key) || objects.objects.has(sample.key)).toBe(false);
    const receipt = Buffer.from(await objects.get(batchKeys(MODEL).receipt('j1', 0))).toString();
    expect(JSON.parse(receipt)).toEqual({
      shard: 0,
      rows: 1,
      rejected: 0,
      part: left,
      vcpuSeconds: 1,
    });
  });
});
