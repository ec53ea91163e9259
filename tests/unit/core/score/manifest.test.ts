import { beforeEach, describe, expect, it } from 'vitest';
import { newestManifest, publishManifest, type Manifest } from '../../../../core/score/manifest.ts';
import { isPublished, notePublished, rowsChange } from '../../../../core/score/published.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { memoryObjects, type MemoryObjects } from '../../../fakes/memory-objects.ts';

let store: MemoryObjects;

beforeEach(() => {
  store = memoryObjects();
});

function content(change: Partial<Manifest> = {}): Omit<Manifest, 'number'> {
  return {
    model: 'm',
    version: 1,
    job: 'j1',
    runId: 'run-1',
    asOf: '2001-05-02T03:00:00.000Z',
    input: 'dt=2001-05-01',
    fingerprint: 'f',
    inputs: [],
    rows: 100,
    rejected: 0,
    vcpuSeconds: 1,
    parts: [],
    rejects: [],
    samples: [],
    ...change,
  };
}

describe('a manifest', () => {
  it('is written once, by whichever of many writers is first', async () => {
    const written = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        publishManifest(store, content({ runId: `run-${at}` })),
      ),
    );
    expect(new Set(written.map(({ runId }) => runId)).size).toBe(1);
    expect(store.objects.size).toBe(1);
  });

  it('of another job comes after it, and holds', async () => {
    await publishManifest(store, content());
    await publishManifest(store, content({ job: 'j2', version: 2 }));
    expect(await newestManifest(store, 'm', 'dt=2001-05-01')).toMatchObject({
      number: 2,
      version: 2,
    });
  });

  it('of an object below a folder is none of the folder', async () => {
    await publishManifest(store, content({ input: 'dt=2001-05-01/a.csv' }));
    expect(await newestManifest(store, 'm', 'dt=2001-05-01')).toBeUndefined();
  });
});

const day = (date: string, rows: number): Manifest => ({
  ...content({ input: `dt=${date}`, rows }),
  number: 1,
});

describe('the usual number of rows', () => {
  const facts = memoryFacts();

  it('is the median of the days before', async () => {
    expect(await rowsChange(facts, day('2001-05-04', 50))).toBeUndefined();
    for (const [at, rows] of [90, 100, 500].entries()) {
      await notePublished(facts, day(`2001-05-0${at + 1}`, rows));
    }
    expect(await rowsChange(facts, day('2001-05-04', 50))).toBe(0.5);
    expect(await rowsChange(facts, day('2001-05-04', 100))).toBe(0);
  });

  it('tells which days are there', async () => {
    expect(await isPublished(facts, 'm', 'dt=2001-05-03')).toBe(true);
    expect(await isPublished(facts, 'm', 'dt=2001-05-09')).toBe(false);
  });
});
