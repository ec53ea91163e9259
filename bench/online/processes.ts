/** Servers of the benchmark as processes, and how long until they answer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';

export interface ServerProcess {
  /** Milliseconds from the start of the process to its first answer. */
  readonly coldMs: number;
  stop(): Promise<void>;
}

const LONGEST_START_MS = 30_000;
const ASK_EVERY_MS = 2;

/** @throws {Error} if the server does not answer in time, with what it printed */
export async function startServer(
  command: readonly string[],
  ask: { readonly port: number; readonly path: string; readonly body: string },
): Promise<ServerProcess> {
  const [program = '', ...parameters] = command;
  const started = performance.now();
  const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  while (performance.now() - started < LONGEST_START_MS && child.exitCode === null) {
    if ((await answered(ask)) === 200) {
      return { coldMs: performance.now() - started, stop: () => stop(child) };
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  await stop(child);
  throw new Error(`${command.slice(0, 3).join(' ')} did not answer:\n${printed.slice(-2000)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function answered(ask: { port: number; path: string; body: string }): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const options = { port: ask.port, path: ask.path, method: 'POST', headers, host: '127.0.0.1' };
    const sent = request(options, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    sent.once('error', () => resolve(undefined));
    sent.end(ask.body);
  });
}
