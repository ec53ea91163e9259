/** One process that runs one function, one event at a time. */
import { createInterface } from 'node:readline';
import { type Clock, stopwatch } from '../clock.ts';
import { spawnTied } from '../tied-process.ts';
import { createCallLog } from './call-log.ts';
import { type Call, type Outcome, failure } from './call.ts';
import { openRuntimeApi, type RuntimeApi } from './runtime-api.ts';

export interface Sandbox {
  /** Settles when the handler is loaded: `undefined`, or the outcome for whoever waits for it. */
  readonly started: Promise<Outcome | undefined>;
  /** Runs one event; never rejects. After a timeout or a crash the sandbox has ended. */
  invoke(call: Call): Promise<Outcome>;
  /** Settles when the sandbox can take the next event, false if it has ended instead. */
  idle(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  readonly clock: Clock;
  /** The program that speaks the Runtime API, and its arguments. */
  readonly command: readonly string[];
  readonly codeFolder: string;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  readonly environment: (runtimeApi: string) => Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

/** A laptop may be slow to load natives when many sandboxes start; AWS gives 10 seconds. */
const START_LIMIT_MS = 60_000;

/** Starts a sandbox; it dies with this process, however that ends. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const api = await openRuntimeApi();
  const child = spawnTied(options.command, {
    cwd: options.codeFolder,
    env: options.environment(api.address),
  });
  const log = createCallLog(options.onLine);
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input, crlfDelay: Infinity }).on('line', log.write);
  }
  const ended = child.ended.then((code) => {
    api.close();
    return code;
  });
  const kill = (): void => child.kill('SIGKILL');

  return {
    started: start(api, ended, kill),
    async invoke(call) {
      const logTail = log.begin(call.requestId);
      const outcome = await invoke({ api, ended, kill }, call, options);
      log.end(call.requestId, outcome.durationMs, options.memoryMiB);
      return { ...outcome, logTail };
    },
    idle: () =>
      Promise.race([api.waiting().then((error) => error === undefined), ended.then(() => false)]),
    async stop() {
      kill();
      await ended;
    },
  };
}

async function start(
  api: RuntimeApi,
  ended: Promise<number>,
  kill: () => void,
): Promise<Outcome | undefined> {
  const limit = timeLimit(START_LIMIT_MS);
  const result = await Promise.race([
    api
      .waiting()
      .then((error): Outcome | undefined =>
        error === undefined ? undefined : { payload: error, failed: true, durationMs: 0 },
      ),
    ended.then((code) => failure('Runtime.ExitError', `Error: ${describeExit(code)}`)),
    limit.passed.then(() =>
      failure('Sandbox.Timedout', `Error: start took longer than ${START_LIMIT_MS / 1000} seconds`),
    ),
  ]);
  limit.clear();
  if (result !== undefined) kill();
  return result;
}

interface Running {
  readonly api: RuntimeApi;
  readonly ended: Promise<number>;
  readonly kill: () => void;
}

async function invoke(
  { api, ended, kill }: Running,
  call: Call,
  { clock, timeoutSeconds }: Pick<SandboxOptions, 'clock' | 'timeoutSeconds'>,
): Promise<Outcome> {
  const elapsedMs = stopwatch(clock);
  const { requestId } = call;
  const limit = timeLimit(timeoutSeconds * 1000);
  const outcome = await Promise.race([
    api
      .invoke(call, clock, timeoutSeconds)
      .then((answer): Outcome => ({ ...answer, durationMs: elapsedMs() })),
    ended.then((code) =>
      failure(
        'Runtime.ExitError',
        `RequestId: ${requestId} Error: ${describeExit(code)}`,
        elapsedMs(),
      ),
    ),
    limit.passed.then(() => {
      kill();
      const seconds = timeoutSeconds.toFixed(2);
      return failure(
        'Sandbox.Timedout',
        `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
        elapsedMs(),
      );
    }),
  ]);
  limit.clear();
  return outcome;
}

/** Processes live in real time, whatever clock the region runs on. */
function timeLimit(ms: number): { passed: Promise<void>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

/** Exit codes above 128 are signals, as shells have it. */
function describeExit(code: number): string {
  const signal = { 134: 'aborted', 137: 'killed', 143: 'terminated' }[code];
  if (signal !== undefined) return `Runtime exited with error: signal: ${signal}`;
  if (code === 0) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${code}`;
}
