/** The online endpoint beside a bare run of its model, and beside FastAPI with the same ONNX file. */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SERVER_FLAGS } from '../core/serve/server-flags.ts';
import type { Measured } from './measured.ts';
import { FASTAPI_SERVER } from './online/fastapi-server.ts';
import { type LoadResult, load } from './online/load.ts';
import { type ServedFile, trainServedFile } from './online/model-file.ts';
import { measureOverhead } from './online/overhead.ts';
import { type RegionFigures, measureRegion } from './online/region.ts';
import { startServer } from './online/processes.ts';

const CONNECTIONS = 16;
const ROUNDS = 5;
const SECONDS = 3;
/** JavaScript is compiled while it runs: what is measured is a server that has run for a while. */
const WARM_UP_SECONDS = 5;

export async function online(): Promise<Measured> {
  const served = await trainServedFile();
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-bench-'));
  try {
    const file = join(folder, 'model.onnx');
    await writeFile(file, served.onnx);
    const overhead = await measureOverhead(served);
    const region = await measureRegion(file, folder, JSON.stringify(served.row));
    const python = await pythonWithFastApi();
    const commands = [
      await ourCommand(folder),
      ...(python === undefined ? [] : [await fastApi(folder, python)]),
    ];
    const [ours, theirs] = await measureServers(commands, file, served);
    return {
      ratios: {
        overhead_us: overhead.handler - overhead.bare,
        ...(theirs && {
          rps_vs_fastapi: ours!.load.requestsPerSecond / theirs.load.requestsPerSecond,
          p99_vs_fastapi: ours!.load.p99 / theirs.load.p99,
          cold_vs_fastapi: region.coldMs / theirs.coldMs,
        }),
      },
      figures: {
        bare_us: overhead.bare,
        handler_us: overhead.handler,
        record_us: overhead.record,
        cold_ms: region.coldMs,
        bundle_mb: region.bundleMb,
        ...Object.fromEntries(region.loads.flatMap(loadFigures)),
        // What the region adds to the handler, of one caller alone.
        region_overhead_ms: region.loads[0]!.p50 - overhead.handler / 1000,
        ...figuresOf('ours', ours!),
        ...(theirs ? figuresOf('fastapi', theirs) : { fastapi: NO_FASTAPI }),
      },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const NO_FASTAPI =
  "skipped: no python3 with fastapi, uvicorn and onnxruntime; set BENCH_PYTHON to one's path";

interface ServerFigures {
  readonly load: LoadResult;
  readonly coldMs: number;
}

/** Turn by turn, so that a busy moment of the machine strikes both sides; the median of each figure. */
async function measureServers(
  commands: readonly (readonly string[])[],
  file: string,
  { row }: ServedFile,
): Promise<ServerFigures[]> {
  const ask = { port: 41_000 + (process.pid % 1000), path: '/predict', body: JSON.stringify(row) };
  const rounds: ServerFigures[][] = commands.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [side, command] of commands.entries()) {
      const server = await startServer([...command, file, String(ask.port)], ask);
      await load({ ...ask, connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
      const measured = await load({ ...ask, connections: CONNECTIONS, seconds: SECONDS });
      await server.stop();
      rounds[side]!.push({ load: measured, coldMs: server.coldMs });
    }
  }
  return rounds.map((of) => ({
    coldMs: median(of.map(({ coldMs }) => coldMs)),
    load: medians(of.map((figures) => figures.load)),
  }));
}

function medians(loads: readonly LoadResult[]): LoadResult {
  const of = (read: (load: LoadResult) => number): number => median(loads.map(read));
  return {
    requestsPerSecond: of((one) => one.requestsPerSecond),
    p50: of((one) => one.p50),
    p90: of((one) => one.p90),
    p99: of((one) => one.p99),
    requests: of((one) => one.requests),
    // Not one may be lost in any round.
    lost: loads.reduce((sum, { lost }) => sum + lost, 0),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function figuresOf(who: string, { load: measured, coldMs }: ServerFigures) {
  return {
    [`${who}_rps`]: Math.round(measured.requestsPerSecond),
    [`${who}_p50_ms`]: measured.p50,
    [`${who}_p99_ms`]: measured.p99,
    [`${who}_lost`]: measured.lost,
    [`${who}_server_cold_ms`]: coldMs,
  };
}

function loadFigures({ connections, ...measured }: RegionFigures['loads'][number]) {
  const { requestsPerSecond, p50, p90, p99, lost } = measured;
  const at = `region_${connections}`;
  return [
    [`${at}_rps`, Math.round(requestsPerSecond)],
    [`${at}_p50_ms`, p50],
    [`${at}_p90_ms`, p90],
    [`${at}_p99_ms`, p99],
    [`${at}_lost`, lost],
  ] as const;
}

/** On one processor core, so that both sides have the same. */
const ONE_CORE = process.platform === 'linux' ? ['taskset', '-c', '0'] : [];

async function ourCommand(folder: string): Promise<string[]> {
  const outfile = join(folder, 'server.mjs');
  const root = fileURLToPath(new URL('..', import.meta.url));
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/online/server.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    logLevel: 'silent',
    nodePaths: [join(root, 'node_modules')],
  });
  const { symlink } = await import('node:fs/promises');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return [...ONE_CORE, process.execPath, ...SERVER_FLAGS, outfile];
}

async function fastApi(folder: string, python: string): Promise<string[]> {
  const script = join(folder, 'server.py');
  await writeFile(script, FASTAPI_SERVER);
  return [...ONE_CORE, python, script];
}

async function pythonWithFastApi(): Promise<string | undefined> {
  const python = process.env['BENCH_PYTHON'] ?? 'python3';
  try {
    await promisify(execFile)(python, ['-c', 'import fastapi, uvicorn, onnxruntime, numpy']);
    return python;
  } catch {
    return undefined;
  }
}
