/** The function as the laptop's region hosts it: its cold start, and what callers see. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import { type LoadResult, load } from './load.ts';

export interface RegionFigures {
  /** From the start of a process to the first answer of the function's own bundle. */
  readonly coldMs: number;
  /** Of the bundle, each file packed by itself. */
  readonly bundleMb: number;
  readonly loads: readonly (LoadResult & { readonly connections: number })[];
}

interface Served {
  readonly url: string;
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
}

const COLD_STARTS = 7;
const SECONDS = 5;

/** As Lambda's runtime does: imports the bundle, hands it one event, and takes the answer. */
const RUN_ONCE = `
import { Writable } from 'node:stream';
globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: { from: (stream) => stream },
};
const { handler } = await import(process.argv[2]);
const event = { rawPath: '/predict', headers: {}, body: process.argv[3], isBase64Encoded: false,
  requestContext: { requestId: 'cold', timeEpoch: Date.now(), http: { method: 'POST' } } };
const answer = new Writable({
  write: (chunk, _, done) => { process.stdout.write(chunk, done); },
  final: () => process.exit(0),
});
await handler(event, answer);
`;

/** @param folder for the files of the benchmark */
export async function measureRegion(
  file: string,
  folder: string,
  body: string,
): Promise<RegionFigures> {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
  const script = fileURLToPath(new URL('region-process.ts', import.meta.url));
  const child = fork(script, [file, join(folder, 'state'), root], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const [served]: Served[] = await once(child, 'message');
    if (!served) throw new Error('the region did not start');
    const runOnce = join(folder, 'run-once.mjs');
    await writeFile(runOnce, RUN_ONCE);
    const cold: number[] = [];
    for (let start = 0; start < COLD_STARTS; start++) {
      cold.push(await coldStart(runOnce, served, body));
    }
    const ask = { port: Number(new URL(served.url).port), path: '/predict', body };
    const loads: RegionFigures['loads'][number][] = [];
    for (const connections of [1, 8, 64]) {
      await load({ ...ask, connections, seconds: 2 });
      loads.push({ connections, ...(await load({ ...ask, connections, seconds: SECONDS })) });
    }
    return {
      coldMs: cold.toSorted((a, b) => a - b)[COLD_STARTS >> 1]!,
      bundleMb: packedBytes(served.bundle) / 1e6,
      loads,
    };
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

async function coldStart(script: string, served: Served, body: string): Promise<number> {
  const bundle = pathToFileURL(join(served.bundle, 'index.mjs')).href;
  const started = performance.now();
  const child = spawn(process.execPath, [script, bundle, body], {
    env: { ...process.env, ...served.environment, AWS_LAMBDA_RUNTIME_API: 'none' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [answer]: Buffer[] = await once(child.stdout, 'data');
  const took = performance.now() - started;
  if (!answer?.includes('probability')) throw new Error(`no prediction: ${answer?.toString()}`);
  await once(child, 'exit');
  return took;
}

function packedBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
}
