/** What a function prints, on its way to its log group. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Logs } from '../services.ts';
import { actorOf, type FunctionConfiguration } from './function-configuration.ts';

interface SandboxLog {
  readonly stream: string;
  readonly write: (line: string) => void;
}

export interface FunctionLog {
  /** Opens a log stream, named as Lambda does: `2026/11/24/[$LATEST]0123...`. */
  open(): SandboxLog;
}

/** Creates the log of one function. */
export function createFunctionLog(
  logs: Logs,
  configuration: FunctionConfiguration,
  clock: Clock,
): FunctionLog {
  const { logGroup: group } = configuration;
  const actor = actorOf(configuration);
  return {
    open() {
      const day = clock.now().toISOString().slice(0, 10).replaceAll('-', '/');
      const stream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
      return { stream, write: (line) => logs.write(group, stream, line, clock.now(), actor) };
    },
  };
}
