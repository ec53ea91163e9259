/** One function of the template, ready to be called. */
import { availableParallelism } from 'node:os';
import { type Clock, holding } from '../clock.ts';
import type { Place } from '../resource.ts';
import type { Logs, Roles } from '../services.ts';
import type { Call, Outcome } from './call.ts';
import { ThrottledError } from './errors.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import type { LambdaMetrics } from './lambda-metrics.ts';
import { createFunctionLog, type FunctionLog } from './function-logs.ts';
import { createPool } from './pool.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

export interface HostedFunction {
  readonly configuration: FunctionConfiguration;
  /** @throws {ThrottledError} if all its sandboxes stayed busy */
  run(call: Call): Promise<Outcome>;
  stop(): Promise<void>;
}

export interface HostedFunctionOptions {
  readonly configuration: FunctionConfiguration;
  readonly codeFolder: string;
  /** Compiled runtime client. */
  readonly runtimeFile: string;
  readonly place: Place;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly roles: Roles;
  readonly metrics: LambdaMetrics;
  /** Where AWS is for the function; asked at each start of a sandbox. */
  readonly endpoint: () => string;
  readonly limits: FunctionLimits;
}

export interface FunctionLimits {
  /** Most sandboxes of a function that reserves no concurrency. @default 10 */
  readonly concurrency?: number;
  /** How long a call waits for a sandbox when all are busy. @default 5000 */
  readonly queueMs?: number;
  /** How long a sandbox is kept without calls. @default 300000, five minutes */
  readonly idleMs?: number;
}

/** Makes a function callable; its first sandbox starts with the first call. */
export function createHostedFunction(options: HostedFunctionOptions): HostedFunction {
  const { configuration, limits, metrics } = options;
  const { name } = configuration;
  const log = createFunctionLog(options.logs, configuration, options.clock);
  const pool = createPool({
    clock: options.clock,
    functionName: name,
    start: () => startOne(options, log),
    limit: configuration.reservedConcurrency ?? limits.concurrency ?? 10,
    startLimit: availableParallelism(),
    queueMs: limits.queueMs ?? 5000,
    idleMs: limits.idleMs ?? 300_000,
  });

  const measured = async (call: Call): Promise<Outcome> => {
    try {
      const outcome = await pool.run(call);
      metrics.invoked(name, outcome);
      metrics.running(name, pool.busy + 1);
      return outcome;
    } catch (cause) {
      if (cause instanceof ThrottledError) metrics.throttled(name);
      throw cause;
    }
  };

  const calls = new Set<Promise<Outcome>>();
  return {
    configuration,
    async run(call) {
      const running = holding(options.clock, measured(call));
      calls.add(running);
      try {
        return await running;
      } finally {
        calls.delete(running);
      }
    },
    async stop() {
      await pool.stop();
      // Their numbers still go to metrics, which close after this.
      await Promise.allSettled(calls);
    },
  };
}

function startOne(options: HostedFunctionOptions, log: FunctionLog): Promise<Sandbox> {
  const { configuration } = options;
  const { stream, write } = log.open();
  return startSandbox({
    clock: options.clock,
    command: [process.execPath, options.runtimeFile],
    codeFolder: options.codeFolder,
    timeoutSeconds: configuration.timeoutSeconds,
    memoryMiB: configuration.memoryMiB,
    onLine: write,
    environment: (runtimeApi) =>
      sandboxEnvironment({
        configuration,
        place: options.place,
        accessKey: options.roles.issue(configuration.roleArn, configuration.name),
        endpoint: options.endpoint(),
        codeFolder: options.codeFolder,
        runtimeApi,
        logStream: stream,
        path: process.env['PATH'] ?? '',
      }),
  });
}
