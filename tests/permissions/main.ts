/**
 * `npm run permissions`: runs the tests of the whole stack and of jobs with their roles, and prints
 * which grants none of them used. `npm run permissions -- <folder>` reads what earlier runs left.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPECTED } from './expected.ts';
import { readUsage, reportOf, writeReport } from './report.ts';

/** Tests that run with roles of the stack. */
const TESTS = ['loop', 'batch', 'streaming', 'replay'].map((name) => `tests/integration/${name}`);

function report(folder: string): void {
  console.log(`\n${writeReport(reportOf(readUsage(folder), EXPECTED))}`);
}

const [, , given] = process.argv;
if (given !== undefined) report(given);
else {
  const folder = mkdtempSync(join(tmpdir(), 'tidemill-usage-'));
  const { status } = spawnSync('npx', ['vitest', 'run', ...TESTS], {
    env: { ...process.env, TIDEMILL_USAGE: folder },
    stdio: 'inherit',
  });
  report(folder);
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = status ?? 1;
}
