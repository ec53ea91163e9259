/** The cloud assembly that the laptop hosts: what `cdk synth` wrote, made anew when its sources change. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['infra', 'models', 'core', 'lambdas', 'batch', 'cdk.json', 'package-lock.json'];

export interface Assembly {
  readonly folder: string;
  /** False if the one from before was still right. */
  readonly synthesized: boolean;
}

/**
 * Synthesizes the stack into `folder`, unless it holds what the present sources give.
 *
 * @param folder of one context only
 * @param context what `cdk synth -c` is told. @default the stage and the models of cdk.json
 * @throws {Error} with the end of what `cdk synth` said, if it failed
 */
export async function synthesize(
  projectRoot: string,
  folder: string,
  context: Readonly<Record<string, string>> = {},
): Promise<Assembly> {
  const stamp = join(folder, 'sources.sha256');
  const sources = hashOf(projectRoot);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) {
    return { folder, synthesized: false };
  }
  await cdkSynth(projectRoot, folder, context);
  writeFileSync(stamp, sources);
  return { folder, synthesized: true };
}

function hashOf(projectRoot: string): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesOf(projectRoot, source)) {
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(projectRoot, file)))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

function filesOf(projectRoot: string, source: string): string[] {
  if (source.includes('.')) return [source];
  return readdirSync(join(projectRoot, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length))
    .toSorted();
}

function cdkSynth(
  projectRoot: string,
  folder: string,
  context: Readonly<Record<string, string>>,
): Promise<void> {
  const cdk = join(projectRoot, 'node_modules/aws-cdk/bin/cdk');
  const told = Object.entries(context).flatMap(([name, value]) => [
    '--context',
    `${name}=${value}`,
  ]);
  const parameters = ['synth', '--quiet', '--output', folder, ...told];
  const child = spawn(process.execPath, [cdk, ...parameters], {
    cwd: projectRoot,
    // What validation finds does not change the template; `npm run check` and a deploy run it.
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_VALIDATION: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cdk synth failed:\n${said.trim().split('\n').slice(-15).join('\n')}`));
    });
  });
}
