/** `npm run lint:template`: cfn-lint over every stage's template, where cfn-lint is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = (command, ...args) => spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;

if (spawnSync('cfn-lint', ['--version']).error !== undefined) {
  console.log('skipped: cfn-lint is not installed; get it with: pipx install cfn-lint');
} else {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  for (const stage of Object.keys(context.stages)) {
    const folder = mkdtempSync(join(tmpdir(), 'tidemill-lint-'));
    const failed =
      run('npx', 'cdk', 'synth', '-q', '-c', `stage=${stage}`, '--output', folder) !== 0 ||
      readdirSync(folder)
        .filter((file) => file.endsWith('.template.json'))
        .map((file) => run('cfn-lint', join(folder, file)))
        .some((status) => status !== 0);
    rmSync(folder, { recursive: true, force: true });
    console.log(`${stage}: ${failed ? 'cfn-lint found what stands above' : 'clean'}`);
    if (failed) process.exitCode = 1;
  }
}
