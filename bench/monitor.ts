/** Drift of three million rows and thirty features, beside pandas and scipy. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { literal, withDuckDb, type DuckDBConnection } from '../core/data/duckdb.ts';
import { type FeatureProfile, profileOf } from '../core/data/profile.ts';
import { readColumns } from '../core/data/read.ts';
import type { Measured } from './measured.ts';
import { ROWS, watched, writeRows } from './monitor/task.ts';
import { pythonWith } from './python.ts';

const run = promisify(execFile);
const beside = (name: string): string =>
  fileURLToPath(new URL(`./monitor/${name}`, import.meta.url));

interface Took {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** Statistics by feature and method. */
  readonly tests: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export async function monitor(): Promise<Measured> {
  const root = await mkdtemp(join(tmpdir(), 'tidemill-bench-monitor-'));
  try {
    const files = {
      reference: join(root, 'reference.parquet'),
      current: join(root, 'current.parquet'),
    };
    const profile = join(root, 'profile.json');
    await withDuckDb({ memoryMiB: 1024, threads: 2, scratch: root }, async (connection) => {
      await writeRows(connection, files.reference, 0);
      await writeRows(connection, files.current, 0.3);
      await writeFile(profile, JSON.stringify(await profileFile(connection, files.reference)));
    });
    const ours = await took(process.execPath, [
      '--import',
      'tsx',
      beside('child.ts'),
      profile,
      files.current,
    ]);
    const theirs = await byPandas(files);
    return {
      ratios: {
        ...(theirs && {
          // Processor time, so that a busy machine measures the same.
          cpu_vs_pandas: ours.cpuSeconds / theirs.cpuSeconds,
          memory_vs_pandas: ours.peakMiB / theirs.peakMiB,
        }),
      },
      figures: {
        rows: ROWS,
        features: Object.keys(watched.features).length,
        drift_s: ours.seconds,
        drift_mb: ours.peakMiB,
        drift_cpu_seconds: ours.cpuSeconds,
        pandas_seconds:
          theirs?.seconds ??
          "skipped: no python3 with pandas, pyarrow and scipy; set BENCH_PYTHON to one's path",
        pandas_cpu_seconds: theirs?.cpuSeconds ?? 'skipped',
        pandas_mb: theirs?.peakMiB ?? 'skipped',
        ...(theirs && differences(ours.tests, theirs.tests)),
      },
    };
  } finally {
    await rm(root, { recursive: true });
  }
}

/** A feature at a time, so that this machine needs no more than one column. */
async function profileFile(
  connection: DuckDBConnection,
  file: string,
): Promise<{ rows: number; features: Record<string, FeatureProfile> }> {
  const features: Record<string, FeatureProfile> = {};
  for (const [name, feature] of Object.entries(watched.features)) {
    const one = { [name]: feature };
    const { columns } = await readColumns(connection, {
      features: one,
      from: `read_parquet(${literal(file)})`,
    });
    Object.assign(features, profileOf(columns, { features: one, derived: {} }).features);
  }
  return { rows: ROWS, features };
}

async function took(program: string, parameters: readonly string[]): Promise<Took> {
  const { stdout } = await run(program, [...parameters], { maxBuffer: 1e8 });
  const measured: Took = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return measured;
}

async function byPandas(files: { reference: string; current: string }): Promise<Took | undefined> {
  const python = await pythonWith('pandas', 'pyarrow', 'scipy');
  if (python === undefined) return undefined;
  const names = JSON.stringify(Object.keys(watched.features));
  return took(python, [beside('pandas_scipy.py'), files.reference, files.current, names]);
}

/** Largest distance between our statistics and theirs; of chi-squared, which grows, relative. */
function differences(ours: Took['tests'], theirs: Took['tests']): Record<string, number> {
  const farthest: Record<string, number> = {};
  for (const [feature, methods] of Object.entries(theirs)) {
    for (const [method, value] of Object.entries(methods)) {
      const own = ours[feature]?.[method] ?? Number.NaN;
      const off = Math.abs(own - value) / (method === 'chi-squared' ? value : 1);
      const name = `off_${method.replace('-', '_')}`;
      farthest[name] = Math.max(farthest[name] ?? 0, off);
    }
  }
  return farthest;
}
