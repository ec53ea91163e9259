/** The real `cdk` command line, as a person or a pipeline types it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CdkRun {
  readonly code: number | null;
  /** All that it printed. */
  readonly said: string;
}

export interface CdkOptions {
  /** Project that it is run in. */
  readonly folder: string;
  /** Kills it, as a lost connection would, once it has printed this. */
  readonly killAt?: RegExp;
}

/** Runs `cdk` with arguments and waits for its end, however that comes. */
export function runCdk(args: readonly string[], { folder, killAt }: CdkOptions): Promise<CdkRun> {
  const cdk = join(folder, 'node_modules/aws-cdk/bin/cdk');
  const child = spawn(process.execPath, [cdk, ...args], {
    cwd: folder,
    env: { ...process.env, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (chunk: Buffer): void => {
    said += chunk.toString();
    if (killAt?.test(said) === true) child.kill('SIGKILL');
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, said }));
  });
}

/** Returns the line that says why a run failed. */
export function complaintOf({ code, said }: CdkRun): string {
  const lines = said.split('\n').map((line) => line.trim());
  const complaint = lines.findLast((line) => /❌|error|fail/i.test(line));
  return complaint ?? `cdk ended with ${code}: ${lines.slice(-3).join(' ')}`;
}
