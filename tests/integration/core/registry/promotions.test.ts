import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkChain } from '../../../../core/registry/alias-entry.ts';
import { createRegistry, type Registry } from '../../../../core/registry/registry.ts';
import { createFactTable, factsIn } from '../../../fakes/fact-table.ts';
import { openStorageRegion, type StorageRegion } from '../../local/storage-region.ts';

const WRITERS = 100;
const MODEL = 'late-parcel';
const TABLE = 'registry';

let folder: string;
let region: StorageRegion;
let clients: DynamoDBClient[];
/** Registries with a connection each, as jobs and people have. */
let registries: Registry[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'promotions-'));
  region = await openStorageRegion(folder);
  clients = Array.from({ length: 4 }, () => new DynamoDBClient(region.client));
  await createFactTable(clients[0]!, TABLE);
  registries = clients.map((client) => createRegistry(factsIn(client, TABLE)));
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await region.close();
  rmSync(folder, { recursive: true });
});

const registryOf = (writer: number): Registry => registries[writer % registries.length]!;

function writers<Result>(work: (writer: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: WRITERS }, (_, writer) => work(writer)));
}

describe('a hundred writers at once, on the real table', () => {
  it('take a hundred version numbers, each once', async () => {
    const versions = await writers((writer) =>
      registryOf(writer).register({
        model: MODEL,
        runId: `run-${writer}`,
        sha256: String(writer),
        metrics: {},
        signature: { numbers: [], categories: [], times: [], output: 'probability' },
        lineage: { datasetFingerprint: '', codeFingerprint: '' },
        at: new Date('2001-05-01'),
      }),
    );
    expect(versions.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: WRITERS }, (_, at) => at + 1),
    );
  });

  it('promote in exactly one order, and none is lost', async () => {
    const promoted = await writers((writer) =>
      registryOf(writer).promote({
        model: MODEL,
        alias: 'champion',
        version: writer + 1,
        at: new Date(Date.parse('2001-05-01') + writer),
        reason: 'a race',
        by: `writer ${writer}`,
      }),
    );

    const history = await registryOf(0).history(MODEL, 'champion');
    expect(history.map(({ entry }) => entry)).toEqual(
      Array.from({ length: WRITERS }, (_, at) => at + 1),
    );
    expect(new Set(history.map(({ version }) => version)).size).toBe(WRITERS);
    expect(checkChain(history)).toEqual({ intact: true, entries: WRITERS });
    // Everybody was told the entry that stands in the history.
    expect(promoted.toSorted((a, b) => a.entry - b.entry)).toEqual(history);
    expect(await registryOf(1).championOf(MODEL)).toEqual(history.at(-1));
  });

  it('add one entry when all of them make the same request', async () => {
    await writers((writer) =>
      registryOf(writer).promote({
        model: MODEL,
        alias: 'challenger',
        version: 7,
        at: new Date('2001-05-02'),
        reason: 'asked again and again',
        by: 'run-6',
        idempotencyKey: 'run-6',
      }),
    );
    expect(await registryOf(0).history(MODEL, 'challenger')).toHaveLength(1);
  });
});
