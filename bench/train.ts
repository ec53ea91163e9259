/** The trainer on all flights of January to April, on one thread, beside LightGBM where it is installed. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Columns, toInputBatch } from '../core/data/columns.ts';
import { deriveNumber } from '../core/data/derived.ts';
import { CYCLES } from '../core/model/features.ts';
import { type ModelSession, openSession } from '../core/onnx/session.ts';
import { gradientBoostedTrees } from '../core/train/gradient-boosted-trees.ts';
import { auc } from '../core/train/metrics/auc.ts';
import { model } from '../models/flight-delay/model.ts';
import { loadFlights } from './flights.ts';
import type { Measured } from './measured.ts';

const SINGLE_ROWS = 5000;

/** The same rows, features and parameters; categories as LightGBM takes them, codes named as such. */
const LIGHTGBM = `
import sys, time, numpy, lightgbm
table = numpy.fromfile(sys.argv[1]).reshape(6, -1)
data = lightgbm.Dataset(table[:5].T, table[5], categorical_feature=[3, 4])
parameters = dict(objective='binary', num_leaves=63, learning_rate=0.1, max_bin=255, lambda_l2=1,
                  min_data_in_leaf=100, num_threads=1, verbose=-1)
started = time.process_time()
lightgbm.train(parameters, data, 200)
print(time.process_time() - started)
`;

export async function train(): Promise<Measured> {
  const training = await loadFlights({ from: '2001-01-01', to: '2001-05-01' });
  const lightgbm = await secondsOfLightGbm(training);
  const started = process.cpuUsage();
  const fitted = await gradientBoostedTrees.fit({
    task: model,
    training,
    parameters: { trees: 200, leaves: 63, learningRate: 0.1 },
    seed: 17,
  });
  // Processor time, so that a busy machine measures the same; both sides use one thread.
  const seconds = process.cpuUsage(started).user / 1e6;
  const memory = process.resourceUsage().maxRSS / 1024;
  const bytes = fitted.toOnnx();
  const session = await openSession(bytes);
  const may = await loadFlights({ from: '2001-05-01', to: '2001-06-01' });
  const june = await loadFlights({ from: '2001-06-01', to: '2001-07-01' });
  return {
    ratios: lightgbm === undefined ? {} : { train_over_lightgbm: seconds / lightgbm },
    figures: {
      rows: training.rows,
      train_cpu_seconds: seconds,
      lightgbm_cpu_seconds:
        lightgbm ?? "skipped: no python3 with lightgbm; set BENCH_PYTHON to one's path",
      auc_may: await aucOf(session, may),
      auc_june: await aucOf(session, june),
      peak_memory_mib: memory,
      file_bytes: bytes.length,
      one_row_microseconds: await microsecondsOfOneRow(session, may),
    },
  };
}

async function aucOf(session: ModelSession, columns: Columns): Promise<number> {
  return auc(columns.target, await session.run(toInputBatch(columns, session.signature)));
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

async function secondsOfLightGbm(training: Columns): Promise<number | undefined> {
  const python = process.env['BENCH_PYTHON'] ?? 'python3';
  const run = promisify(execFile);
  try {
    await run(python, ['-c', 'import lightgbm']);
  } catch {
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-bench-'));
  try {
    const file = join(folder, 'flights.f64');
    await writeFile(file, matrixOf(training));
    const { stdout } = await run(python, ['-c', LIGHTGBM, file]);
    return Number(stdout.trim().split('\n').at(-1));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Distance, minute of day, day of week, origin, destination and label, column after column. */
function matrixOf({ rows, numbers, times, categories, target }: Columns): Float64Array {
  const date = times['date']!;
  const matrix = new Float64Array(6 * rows);
  matrix.set(numbers['distance']!, 0);
  matrix.set(deriveNumber(date, CYCLES['minute-of-day']), rows);
  matrix.set(deriveNumber(date, CYCLES['day-of-week']), 2 * rows);
  matrix.set(categories['origin']!.codes, 3 * rows);
  matrix.set(categories['destination']!.codes, 4 * rows);
  matrix.set(target, 5 * rows);
  return matrix;
}
