/** All flights, Parquet to Parquet, beside pandas with LightGBM and beside ONNX Runtime alone. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withDuckDb } from '../core/data/duckdb.ts';
import { layout } from '../core/model/layout.ts';
import { listInput } from '../core/score/input.ts';
import { jobOf } from '../core/score/keys.ts';
import { planJob, type ScorePlan } from '../core/score/plan.ts';
import { divide } from '../core/score/shards.ts';
import { gradientBoostedTrees } from '../core/train/gradient-boosted-trees.ts';
import { model } from '../models/flight-delay/model.ts';
import { folderObjects } from './batch/folder-objects.ts';
import { FLIGHTS_FILE, loadFlights } from './flights.ts';
import type { Measured } from './measured.ts';
import { pythonWith } from './python.ts';

const run = promisify(execFile);
const beside = (name: string): string => fileURLToPath(new URL(`./batch/${name}`, import.meta.url));

/** Of one process, from when its modules are loaded. */
interface Took {
  readonly rows: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

const DAY = 'dt=2001-06-30';
const CORES = 2;

export async function batch(): Promise<Measured> {
  const root = await mkdtemp(join(tmpdir(), 'tidemill-bench-batch-'));
  try {
    const objects = folderObjects(root);
    await mkdir(join(root, layout.datasets(model.name), DAY), { recursive: true });
    await copyFile(FLIGHTS_FILE, join(root, layout.datasets(model.name), DAY, 'flights.parquet'));
    const file = process.env['BENCH_MODEL'];
    const bytes = file === undefined ? await fitted() : await readFile(file);
    await objects.put(layout.modelFile(model.name, 1), bytes);

    const lightgbm = await byLightGbm(root);
    // As many as the declared size of a shard makes of it, one after the other.
    const whole = await plan(root, 4);
    const ours = await child(root, whole, CORES, [...whole.shards.keys()]);
    const modelFile = join(root, layout.modelFile(model.name, 1));
    const bare = await aCore(() => bareOnnx(modelFile));
    const shards = await aCore((core) => child(root, whole, 1, [2 * core, 2 * core + 1]));
    const { seconds: planning, rows: planned } = await planningCost(root);
    return {
      ratios: {
        ...(lightgbm && {
          // By the clock: one job with two threads beside pandas and LightGBM with two.
          speed_vs_lightgbm: lightgbm.seconds / ours.seconds,
          memory_vs_lightgbm: ours.peakMiB / lightgbm.peakMiB,
        }),
        // By the clock: on each core a process that scores two shards, Parquet to Parquet, beside
        // on each core a process that does nothing but run the model on rows in memory.
        speed_vs_onnx: rowsPerSecond(shards) / rowsPerSecond(bare),
      },
      figures: {
        rows: ours.rows,
        // The same ratios by processor time, which a busy machine changes less.
        ...(lightgbm && { cpu_speed_vs_lightgbm: lightgbm.cpuSeconds / ours.cpuSeconds }),
        cpu_speed_vs_onnx: rowsPerCpuSecond(shards) / rowsPerCpuSecond(bare),
        seconds: ours.seconds,
        cpu_seconds: ours.cpuSeconds,
        rows_per_second: rowsPerSecond([ours]),
        peak_memory_mib: ours.peakMiB,
        rows_per_second_of_shards: rowsPerSecond(shards),
        rows_per_cpu_second_of_shards: rowsPerCpuSecond(shards),
        rows_per_second_of_onnx: rowsPerSecond(bare),
        rows_per_cpu_second_of_onnx: rowsPerCpuSecond(bare),
        lightgbm_seconds: lightgbm?.seconds ?? 'skipped',
        lightgbm_cpu_seconds:
          lightgbm?.cpuSeconds ??
          "skipped: no python3 with lightgbm, pandas and pyarrow; set BENCH_PYTHON to one's path",
        lightgbm_peak_memory_mib: lightgbm?.peakMiB ?? 'skipped',
        ...(await scaling(root)),
        planned_row_groups: planned,
        planning_milliseconds: planning * 1000,
      },
    };
  } finally {
    await rm(root, { recursive: true });
  }
}

/** The model that ships, from as many rows as LightGBM's. */
async function fitted(): Promise<Uint8Array> {
  const training = await loadFlights({ from: '2001-01-01', to: '2001-05-01', every: 4 });
  const { parameters } = model.trainer;
  return (await gradientBoostedTrees.fit({ task: model, training, parameters, seed: 17 })).toOnnx();
}

/** Plans all flights as a number of shards, under a job of its own. */
async function plan(root: string, shards: number): Promise<ScorePlan> {
  const objects = folderObjects(root);
  const input = await listInput(objects, model, DAY);
  const scratch = join(root, 'scratch');
  return withDuckDb({ memoryMiB: 256, threads: 1, scratch }, (connection) =>
    planJob(
      connection,
      objects,
      {
        definition: model,
        input,
        version: 1,
        job: jobOf(input.fingerprint, 1, String(shards)),
        // The file's row groups are 272,727 rows.
        rowsPerShard: Math.ceil(11 / shards) * 272_728,
      },
      scratch,
    ),
  );
}

function child(
  root: string,
  { job }: ScorePlan,
  threads: number,
  shards: readonly number[],
): Promise<Took> {
  return tookOf('child.ts', [root, job, String(threads), ...shards.map(String)]);
}

/** Each core runs the model on every second flight. */
function bareOnnx(modelFile: string): Promise<Took> {
  return tookOf('bare.ts', [modelFile, String(CORES)]);
}

async function tookOf(script: string, options: readonly string[]): Promise<Took> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', beside(script), ...options]);
  return lastLine(stdout);
}

function lastLine(stdout: string): Took {
  const took: Took = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return took;
}

/** Does something on every core at the same time. */
function aCore(work: (core: number) => Promise<Took>): Promise<Took[]> {
  return Promise.all(Array.from({ length: CORES }, (_, core) => work(core)));
}

function rowsPerSecond(all: readonly Took[]): number {
  return all.reduce((sum, { rows, seconds }) => sum + rows / seconds, 0);
}

function rowsPerCpuSecond(all: readonly Took[]): number {
  const sumOf = (of: (took: Took) => number): number =>
    all.reduce((sum, took) => sum + of(took), 0);
  return sumOf(({ rows }) => rows) / sumOf(({ cpuSeconds }) => cpuSeconds);
}

/** Shards as processes of one thread, as many at a time as there are cores. */
async function scaling(root: string): Promise<Record<string, number>> {
  const took: Record<string, number> = {};
  for (const shards of [1, 2, 4, 8]) {
    const planned = await plan(root, shards);
    const queue = planned.shards.keys();
    const started = performance.now();
    const worker = async (): Promise<void> => {
      for (const shard of queue) await child(root, planned, 1, [shard]);
    };
    await Promise.all(Array.from({ length: CORES }, worker));
    took[`seconds_of_${shards}_shards_on_${CORES}_cores`] = (performance.now() - started) / 1000;
  }
  return took;
}

/** Dividing the row groups of a thousand children, once their footers are read. */
async function planningCost(root: string): Promise<{ seconds: number; rows: number }> {
  const { shards } = await plan(root, 1);
  const slices = shards.flatMap((shard) => shard.slices);
  const many = Array.from({ length: 4000 }, (_, at) => slices[at % slices.length]!);
  const started = performance.now();
  divide(many, { rows: 1_091_000, bytes: 1e9 });
  return { seconds: (performance.now() - started) / 1000, rows: many.length };
}

async function byLightGbm(root: string): Promise<Took | undefined> {
  const python = await pythonWith('lightgbm', 'pandas', 'pyarrow');
  if (python === undefined) return undefined;
  const script = beside('pandas_lightgbm.py');
  await run(python, [script, 'fit', root, FLIGHTS_FILE]);
  const { stdout } = await run(python, [script, 'score', root, FLIGHTS_FILE]);
  return lastLine(stdout);
}
