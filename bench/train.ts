/** The trainer on all flights of January to April beside LightGBM, where it is installed. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Columns, toInputBatch } from '../core/data/columns.ts';
import { deriveNumber } from '../core/data/derived.ts';
import { CYCLES } from '../core/model/features.ts';
import type { ModelSession } from '../core/onnx/session.ts';
import { gradientBoostedTrees } from '../core/train/gradient-boosted-trees.ts';
import { auc } from '../core/train/metrics/auc.ts';
import type { FittedModel } from '../core/train/trainer.ts';
import { model } from '../models/flight-delay/model.ts';
import { loadFlights } from './flights.ts';
import type { Measured } from './measured.ts';
import { pythonWith } from './python.ts';

const SCRIPT = fileURLToPath(new URL('train.py', import.meta.url));
const PARAMETERS = { trees: 200, leaves: 63, learningRate: 0.1, minimumRowsInLeaf: 100 };
/** Rows that show how cost grows: of all six months, so that there are three million. */
const MILLIONS = [0.5, 1, 2, 3];
const ROWS_A_BATCH = 4096;
const SINGLE_ROWS = 5000;

interface Run {
  readonly seconds: number;
  /** Of the processor, which a busy machine changes less. */
  readonly cpu: number;
  /** Largest resident memory of the process while it trains, in MiB. */
  readonly memory: number;
}

export async function train(): Promise<Measured> {
  const training = await loadFlights({ from: '2001-01-01', to: '2001-05-01' });
  const ours = [await fit(training, 1), await fit(training, 2)] as const;
  // Afterwards, since the copy that it reads would count as our memory.
  const theirs = await lightGbm(training);
  const [one, two] = ours;
  const bytes = one.fitted.toOnnx();
  // Only now, since ONNX Runtime's library would count as the trainer's memory.
  const { openSession } = await import('../core/onnx/session.ts');
  const session = await openSession(bytes);
  const may = await loadFlights({ from: '2001-05-01', to: '2001-06-01' });
  const june = await loadFlights({ from: '2001-06-01', to: '2001-07-01' });
  return {
    ratios: theirs
      ? {
          train_vs_lightgbm_1: one.seconds / theirs[0].seconds,
          train_vs_lightgbm_2: two.seconds / theirs[1].seconds,
          train_cpu_vs_lightgbm_1: one.cpu / theirs[0].cpu,
          memory_vs_lightgbm: one.memory / theirs[0].memory,
        }
      : {},
    figures: {
      rows: training.rows,
      auc_may: await aucOf(session, may),
      auc_june: await aucOf(session, june),
      ...figuresOf('train', ours),
      ...(theirs
        ? figuresOf('lightgbm', theirs)
        : { lightgbm: "skipped: no python3 with lightgbm; set BENCH_PYTHON to one's path" }),
      same_bytes_on_2_threads: String(Buffer.from(bytes).equals(two.fitted.toOnnx())),
      file_bytes: bytes.length,
      one_row_microseconds: await microsecondsOfOneRow(session, may),
      ...(await growth()),
    },
  };
}

async function fit(
  training: Columns,
  threads: number,
  trees = PARAMETERS.trees,
): Promise<Run & { readonly fitted: FittedModel }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const parameters = { ...PARAMETERS, trees };
  let memory = 0;
  // Not the process's own peak, which was when DuckDB read the flights.
  const look = (): void => {
    memory = Math.max(memory, process.memoryUsage().rss / 2 ** 20);
  };
  const fitted = await gradientBoostedTrees.fit({
    task: model,
    training,
    parameters,
    seed: 17,
    threads,
    onProgress: look,
  });
  return {
    fitted,
    seconds: (performance.now() - started) / 1000,
    cpu: process.cpuUsage(cpu).user / 1e6,
    memory,
  };
}

function figuresOf(name: string, [one, two]: readonly [Run, Run]): Record<string, number> {
  return {
    [`${name}_seconds_1`]: one.seconds,
    [`${name}_seconds_2`]: two.seconds,
    [`${name}_cpu_seconds_1`]: one.cpu,
    [`${name}_cpu_seconds_2`]: two.cpu,
    [`${name}_peak_memory_mib`]: one.memory,
  };
}

/** Microseconds of the processor for a row and tree, by how many million rows there are. */
async function growth(): Promise<Record<string, number>> {
  const trees = 20;
  const figures: Record<string, number> = {};
  const all = await loadFlights({ from: '2001-01-01', to: '2001-07-01' });
  for (const millions of MILLIONS) {
    const rows = firstRows(all, Math.min(all.rows, millions * 1e6));
    const { cpu } = await fit(rows, 1, trees);
    figures[`nanoseconds_a_row_and_tree_${millions}m`] = (cpu * 1e9) / rows.rows / trees;
  }
  return figures;
}

function firstRows(all: Columns, rows: number): Columns {
  return {
    rows,
    numbers: eachOf(all.numbers, (values) => values.slice(0, rows)),
    categories: eachOf(all.categories, ({ dictionary, codes }) => {
      return { dictionary, codes: codes.slice(0, rows) };
    }),
    times: eachOf(all.times, (values) => values.slice(0, rows)),
    target: all.target.slice(0, rows),
  };
}

function eachOf<Column>(
  columns: Readonly<Record<string, Column>>,
  of: (column: Column) => Column,
): Record<string, Column> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, of(column)]));
}

async function aucOf(session: ModelSession, columns: Columns): Promise<number> {
  const predicted = new Float64Array(columns.rows);
  for (let from = 0; from < columns.rows; from += ROWS_A_BATCH) {
    const to = Math.min(columns.rows, from + ROWS_A_BATCH);
    predicted.set(await session.run(toInputBatch(columns, session.signature, from, to)), from);
  }
  return auc(columns.target, predicted);
}

/** Median over calls with one row each. */
async function microsecondsOfOneRow(session: ModelSession, columns: Columns): Promise<number> {
  const took = new Float64Array(SINGLE_ROWS);
  for (let row = 0; row < SINGLE_ROWS; row++) {
    const batch = toInputBatch(columns, session.signature, row, row + 1);
    const started = performance.now();
    await session.run(batch);
    took[row] = (performance.now() - started) * 1000;
  }
  return took.toSorted()[SINGLE_ROWS / 2]!;
}

/** On the same rows, features and parameters, with one thread and with two. */
async function lightGbm(training: Columns): Promise<readonly [Run, Run] | undefined> {
  const python = await pythonWith('lightgbm');
  if (!python) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-bench-'));
  try {
    const file = join(folder, 'flights.f32');
    await writeFile(file, matrixOf(training));
    const run = async (threads: number): Promise<Run> => {
      const { stdout } = await promisify(execFile)(python, [SCRIPT, file, String(threads)]);
      return JSON.parse(stdout.trim().split('\n').at(-1)!);
    };
    return [await run(1), await run(2)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Distance, minute of day, day of week, origin, destination and label, column after column. */
function matrixOf({ rows, numbers, times, categories, target }: Columns): Float32Array {
  const date = times['date']!;
  const matrix = new Float32Array(6 * rows);
  matrix.set(numbers['distance']!, 0);
  matrix.set(deriveNumber(date, CYCLES['minute-of-day']), rows);
  matrix.set(deriveNumber(date, CYCLES['day-of-week']), 2 * rows);
  matrix.set(categories['origin']!.codes, 3 * rows);
  matrix.set(categories['destination']!.codes, 4 * rows);
  matrix.set(target, 5 * rows);
  return matrix;
}
