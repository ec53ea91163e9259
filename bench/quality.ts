/** Our trainers on tables of all kinds beside LightGBM and scikit-learn, where these are installed. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Columns } from '../core/data/columns.ts';
import type { Algorithm } from '../core/model/definition.ts';
import { category, number } from '../core/model/features.ts';
import { accuracy, softmaxLogLoss } from '../core/train/metrics/classes.ts';
import { auc } from '../core/train/metrics/auc.ts';
import { rmse } from '../core/train/metrics/errors-of-values.ts';
import { logLoss } from '../core/train/metrics/probability-losses.ts';
import type { TrainingTask } from '../core/train/trainer.ts';
import { TRAINERS } from '../core/train/trainers.ts';
import type { Measured } from './measured.ts';
import { pythonWith } from './python.ts';

const SCRIPT = fileURLToPath(new URL('quality.py', import.meta.url));
/** What theirs are given; the rest are defaults on both sides. */
const PARAMETERS = { trees: 200, leaves: 31, learningRate: 0.1 };

type Score = readonly [number, number];

interface Table {
  readonly name: string;
  readonly kind: 'binary' | 'multiclass' | 'regression';
  readonly width: number;
  readonly categories: readonly number[];
  readonly classes: number;
  /** AUC, accuracy or RMSE, and log-loss or RMSE, by their models. */
  readonly scores: Readonly<Record<string, Score>>;
}

export async function quality(): Promise<Measured> {
  const python = await pythonWith('lightgbm', 'sklearn');
  if (!python) {
    const skipped = 'no python3 with lightgbm and scikit-learn; set BENCH_PYTHON';
    return { ratios: {}, figures: { skipped } };
  }
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-quality-'));
  try {
    const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', SCRIPT, folder]);
    const tables: Table[] = JSON.parse(stdout.trim().split('\n').at(-1)!);
    const ratios: Record<string, number> = {};
    const figures: Record<string, number | string> = {};
    for (const table of tables) {
      const trees = await scoreOf(table, folder, 'gradient-boosted-trees');
      ratios[`${table.name}_loss_vs_lightgbm`] = trees[1] / table.scores['lightgbm']![1];
      figures[table.name] = lineOf({ ours: trees, ...table.scores });
      if (!table.scores['linear'] || table.kind === 'multiclass') continue;
      const linear = await scoreOf(table, folder, 'linear');
      ratios[`${table.name}_loss_vs_linear`] = linear[1] / table.scores['linear'][1];
    }
    return { ratios, figures };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function lineOf(scores: Readonly<Record<string, Score>>): string {
  return Object.entries(scores)
    .map(([label, [score, loss]]) => `${label} ${score.toFixed(4)} ${loss.toFixed(4)}`)
    .join('  ');
}

async function scoreOf(table: Table, folder: string, algorithm: Algorithm): Promise<Score> {
  const [training, test] = await Promise.all(
    ['train', 'test'].map((part) => readTable(table, join(folder, `${table.name}.${part}.f64`))),
  );
  const task = taskOf(table);
  const fitted = await TRAINERS[algorithm].fit({
    task,
    training: training!,
    parameters: PARAMETERS,
    seed: 17,
    threads: 2,
  });
  const predicted = fitted.predict(test!);
  const { target } = test!;
  if (table.kind === 'binary') return [auc(target, predicted), logLoss(target, predicted)];
  if (table.kind === 'regression') return [rmse(target, predicted), rmse(target, predicted)];
  return [accuracy(target, predicted), softmaxLogLoss(target, predicted)];
}

function taskOf({ name, kind, width, categories, classes }: Table): TrainingTask {
  const description = 'of a benchmark';
  const features = Object.fromEntries(
    Array.from({ length: width }, (_, at) => [
      `x${at}`,
      categories.includes(at) ? category({ description }) : number({ description }),
    ]),
  );
  const targets = {
    binary: { kind: 'binary', column: 'y', atLeast: 1, threshold: 0.5 },
    regression: { kind: 'regression', column: 'y' },
    multiclass: {
      kind: 'multiclass',
      column: 'y',
      classes: Array.from({ length: classes }, (_, at) => String(at)),
    },
  } as const;
  return { name, features, derived: {}, target: targets[kind] };
}

async function readTable({ width, categories }: Table, file: string): Promise<Columns> {
  const bytes = await readFile(file);
  const matrix = new Float64Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const rows = matrix.length / (width + 1);
  const column = (at: number): Float64Array => matrix.subarray(at * rows, (at + 1) * rows);
  const all = Array.from({ length: width }, (_, at) => at);
  const numbers = all.filter((at) => !categories.includes(at));
  return {
    rows,
    numbers: Object.fromEntries(numbers.map((at) => [`x${at}`, Float32Array.from(column(at))])),
    categories: Object.fromEntries(
      categories.map((at) => {
        const most = column(at).reduce((largest, code) => Math.max(largest, code), 0);
        const dictionary = Array.from({ length: most + 1 }, (_, code) => `c${code}`);
        return [`x${at}`, { dictionary, codes: Int32Array.from(column(at)) }];
      }),
    ),
    times: {},
    target: column(width),
  };
}
