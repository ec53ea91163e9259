/** The real `cdk` command line, as a person or a pipeline types it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CdkRun {
  readonly code: number | null;
  /** All that it printed. */
  readonly said: string;
}

export interface CdkOptions {
  /** Project that it is run in. */
  readonly folder: string;
  /** Kills it, as a machine that goes down would, once this is so. */
  readonly killWhen?: () => Promise<boolean>;
}

/** Runs `cdk` with arguments and waits for its end, however that comes. */
export function runCdk(args: readonly string[], { folder, killWhen }: CdkOptions): Promise<CdkRun> {
  const cdk = join(folder, 'node_modules/aws-cdk/bin/cdk');
  const child = spawn(process.execPath, [cdk, ...args], {
    cwd: folder,
    env: { ...process.env, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const run = new Promise<CdkRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, said }));
  });
  if (killWhen !== undefined) void killOnce(child, killWhen);
  return run;
}

/** Stand-ins that are asked for a stack all the time while they make it answer others wrongly. */
const LOOK_MS = 1000;

async function killOnce(child: ChildProcess, isTime: () => Promise<boolean>): Promise<void> {
  while (child.exitCode === null) {
    // oxlint-disable-next-line no-await-in-loop
    if (await isTime()) child.kill('SIGKILL');
    // oxlint-disable-next-line no-await-in-loop
    await sleep(LOOK_MS);
    if (child.signalCode !== null) return;
  }
}

/** Returns the line that says why a run failed. */
export function complaintOf({ code, said }: CdkRun): string {
  const lines = said.split('\n').map((line) => line.trim());
  const complaint = lines.findLast((line) => /❌|error|fail/i.test(line));
  return complaint ?? `cdk ended with ${code}: ${lines.slice(-3).join(' ')}`;
}
