/** Processes that run one job after the other, which saves most of what a short job takes. */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { bundleProgram } from '../bundle-program.ts';
import type { Clock } from '../clock.ts';
import { openRuntimeApi, type RuntimeApi } from '../lambda/runtime-api.ts';
import { spawnTied, type TiedProcess } from '../tied-process.ts';
import { type JobCommand, type JobProcesses, ownProcesses } from './job-process.ts';
import type { WorkerTask } from './worker/task.ts';

interface Worker {
  readonly api: RuntimeApi;
  readonly child: TiedProcess;
  onLine: (line: string) => void;
  jobs: number;
}

/** The attempt's own time limit ends it. */
const NO_LIMIT_SECONDS = 86_400;
/** After so many jobs a process gives way to a new one, with whatever it has not given back. */
const MOST_JOBS = 200;

export interface WarmProcessesOptions {
  /** Where the compiled worker goes. */
  readonly file: string;
  readonly clock: Clock;
}

/**
 * Jobs of one definition share processes, as long as they succeed. Commands other than `node` get
 * processes of their own.
 */
export function warmProcesses(options: WarmProcessesOptions): JobProcesses {
  const crew = new Crew(options);
  return {
    start(command) {
      if (command.command[0] !== 'node') return ownProcesses.start(command);
      let child: TiedProcess | undefined;
      let killed: 'SIGTERM' | 'SIGKILL' | undefined;
      const onStart = (started: TiedProcess): void => {
        child = started;
        if (killed !== undefined) child.kill(killed);
      };
      return {
        ended: crew.run(command, onStart),
        kill(signal) {
          killed = signal;
          child?.kill(signal);
        },
      };
    },
    close: () => crew.close(),
  };
}

class Crew {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #compiled: Promise<void>;
  readonly #idle = new Map<string, Worker[]>();

  constructor({ file, clock }: WarmProcessesOptions) {
    this.#file = file;
    this.#clock = clock;
    this.#compiled = bundleProgram(new URL('worker/main.ts', import.meta.url), file);
    // Each job awaits it; a failure must not count as unhandled before the first does.
    this.#compiled.catch(() => undefined);
  }

  async run(command: JobCommand, onStart: (child: TiedProcess) => void): Promise<number> {
    const worker = await this.#take(command);
    onStart(worker.child);
    const exitCode = await runOn(worker, command, this.#clock);
    if (exitCode === 0) await this.#keep(worker, command.definition);
    else await worker.child.ended;
    return exitCode;
  }

  async close(): Promise<void> {
    const workers = [...this.#idle.values()].flat();
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ child }) => child.ended));
  }

  async #take({ definition, folder }: JobCommand): Promise<Worker> {
    const free = this.#idle.get(definition)?.pop();
    if (free !== undefined) return free;
    await this.#compiled;
    return startWorker(this.#file, folder);
  }

  async #keep(worker: Worker, definition: string): Promise<void> {
    worker.jobs += 1;
    await Promise.race([worker.api.waiting(), worker.child.ended]);
    // Its last lines were written before it asked for more, and are read within this turn.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (worker.jobs >= MOST_JOBS) worker.child.kill('SIGKILL');
    else this.#idle.set(definition, [...(this.#idle.get(definition) ?? []), worker]);
  }
}

async function startWorker(file: string, folder: string): Promise<Worker> {
  const api = await openRuntimeApi();
  const flags = ['--experimental-vm-modules', '--no-warnings'];
  const child = spawnTied([process.execPath, ...flags, file], {
    cwd: folder,
    env: { AWS_LAMBDA_RUNTIME_API: api.address },
  });
  void child.ended.then(() => api.close());
  const worker: Worker = { api, child, onLine: () => undefined, jobs: 0 };
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input, crlfDelay: Infinity }).on('line', (line) => worker.onLine(line));
  }
  return worker;
}

/** Returns the exit code, that of the process where it did not live to tell. */
async function runOn(worker: Worker, command: JobCommand, clock: Clock): Promise<number> {
  const { api, child } = worker;
  worker.onLine = command.onLine;
  const { environment, folder, definition } = command;
  const task: WorkerTask = { args: command.command.slice(1), environment, folder };
  const told = async (): Promise<number> => {
    await api.waiting();
    const call = {
      requestId: randomUUID(),
      functionArn: definition,
      payload: JSON.stringify(task),
    };
    const { payload } = await api.invoke(call, clock, NO_LIMIT_SECONDS);
    const { exitCode }: { readonly exitCode: number } = JSON.parse(payload);
    return exitCode;
  };
  return Promise.race([told(), child.ended]);
}
