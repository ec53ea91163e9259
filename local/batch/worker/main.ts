/**
 * Runs the commands of jobs one after the other in this process: what they load is loaded once.
 * Each finds the arguments, the environment and the clock that a process of its own would find.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRuntimeClient } from '../../lambda/runtime/client.ts';
import { standStillAt } from '../../lambda/runtime/still-time.ts';
import { runScript } from './run-script.ts';
import type { WorkerTask } from './task.ts';

const client = createRuntimeClient(process.env['AWS_LAMBDA_RUNTIME_API'] ?? '');

async function work(): Promise<void> {
  for (let count = 1; ; count += 1) {
    const { requestId, event, timeMs } = await client.next();
    const task: WorkerTask = JSON.parse(event);
    if (timeMs !== undefined) standStillAt(timeMs);
    const exitCode = await run(task, count);
    await client.respond(requestId, JSON.stringify({ exitCode }));
    // What a program that failed leaves behind is not to be trusted.
    if (exitCode !== 0) process.exit(exitCode);
  }
}

async function run({ args, environment, folder }: WorkerTask, count: number): Promise<number> {
  takeOn(environment, folder);
  const ended = new Promise<void>((done) => {
    // As any program of Node ends: when nothing is left to do.
    process.once('beforeExit', () => done());
  });
  start(args, count).catch((cause: unknown) => {
    console.error(cause);
    process.exitCode = 1;
  });
  await ended;
  const exitCode = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  for (const signal of ['SIGTERM', 'SIGINT']) process.removeAllListeners(signal);
  return exitCode;
}

function takeOn(environment: WorkerTask['environment'], folder: string): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(folder);
  const since = performance.now();
  process.uptime = () => (performance.now() - since) / 1000;
}

/** Reads the command line of `node`: a file or `--eval <script>`, and arguments. */
async function start([first = '', ...rest]: readonly string[], count: number): Promise<void> {
  if (first === '--eval') {
    const [script = '', ...args] = rest;
    process.argv = [process.execPath, ...(args[0] === '--' ? args.slice(1) : args)];
    runScript(script, count);
    return;
  }
  const file = resolve(first);
  process.argv = [process.execPath, file, ...rest];
  await import(`${pathToFileURL(file).href}?job=${count}`);
}

await work();
