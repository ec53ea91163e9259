/** How fast the runs of a model are searched, in the laptop's DynamoDB. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuns, type MetricPoint, type Run, type Runs } from '../core/runs/runs.ts';
import { pick } from '../core/train/random.ts';
import { createDynamoDb } from '../local/dynamodb/dynamodb.ts';
import { createPort } from '../local/wire/port.ts';
import { createFactTable, factsIn } from '../tests/fakes/fact-table.ts';
import type { Measured } from './measured.ts';

const RUNS = 30_000;
const SEARCHES = 200;
const WRITERS = 2;
const TABLE = 'runs';
const MODEL = 'many';

export async function runs(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-runs-'));
  const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;
  const dynamodb = await createDynamoDb({ stateFolder: folder, place });
  const listener = createPort({ services: [dynamodb.service], port: 0 });
  const port = await listener.listen();
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: place.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    return await measure(client);
  } finally {
    client.destroy();
    await listener.close();
    await dynamodb.close();
    rmSync(folder, { recursive: true });
  }
}

async function measure(client: DynamoDBClient): Promise<Measured> {
  await createFactTable(client, TABLE);
  const open = (): Runs => createRuns(factsIn(client, TABLE));

  const written = await secondsOf(() => write(open()));
  const reader = open();
  const first = await secondsOf(() => search(reader, 0));
  const times: number[] = [];
  for (let number = 1; number <= SEARCHES; number++) {
    // Somebody else adds a run between any two searches.
    await open().addRun(runOf(RUNS + number));
    times.push(await secondsOf(() => search(reader, number)));
  }
  times.sort((a, b) => a - b);
  return {
    ratios: {},
    figures: {
      runs: RUNS,
      write_seconds: Math.round(written),
      first_search_ms: ms(first),
      search_p50_ms: ms(times[Math.floor(SEARCHES * 0.5)]),
      search_p95_ms: ms(times[Math.floor(SEARCHES * 0.95)]),
      search_max_ms: ms(times.at(-1)),
    },
  };
}

async function search(reader: Runs, number: number): Promise<void> {
  const limit = 0.7 + pick(1, number, 50) / 1000;
  const found = await reader.searchRuns(MODEL, {
    filter: `metrics.auc > ${limit} and params.leaves = 63`,
    sort: 'metrics.auc desc',
    limit: 20,
  });
  if (found.length !== 20) throw new Error(`${found.length} runs were found, not 20`);
}

async function write(to: Runs): Promise<void> {
  const numbers = Array.from({ length: RUNS }, (_, number) => number).values();
  const writer = async (): Promise<void> => {
    for (const number of numbers) await to.addRun(runOf(number));
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function ms(seconds = 0): number {
  return Math.round(seconds * 10_000) / 10;
}

function once(value: number): MetricPoint[] {
  return [{ step: 0, value }];
}

/** As a training run has it, but for the points of its learning curve. */
function runOf(number: number): Run {
  const at = new Date(Date.parse('2001-01-01') + number * 3_600_000).toISOString();
  const chance = (position: number): number => pick(number, position, 1e6) / 1e6;
  return {
    model: MODEL,
    runId: `train-${number}`,
    pipeline: 'train',
    trigger: 'schedule',
    status: 'finished',
    startedAt: at,
    finishedAt: at,
    asOf: at,
    parameters: {
      algorithm: 'gradient-boosted-trees',
      trees: 200,
      leaves: [15, 31, 63, 127][pick(number, 7, 4)]!,
      learningRate: 0.05 + chance(1) / 10,
      seed: 17,
      sample: 1,
    },
    metrics: {
      auc: once(0.6 + chance(2) / 5),
      'log-loss': once(0.4 + chance(3) / 5),
      brier: once(0.1 + chance(4) / 5),
      'baseline.auc': once(0.6),
    },
    tags: { candidate: '0', version: String(number), outcome: 'challenger' },
    steps: {},
    candidates: [],
    cost: { 'train 1': chance(5) * 1000 },
    checks: [],
    artifacts: [],
    environment: { node: process.version },
  };
}
