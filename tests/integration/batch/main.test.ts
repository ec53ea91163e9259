import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

function main(args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stderr } = spawnSync('node', ['--import', 'tsx', 'batch/main.ts', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...environment },
  });
  return { status, stderr };
}

describe('the entry point of jobs', () => {
  it.each([
    { args: ['grind', '--run', 'r', '--as-of', '2001-05-01T00:00:00Z'], wrong: 'at step' },
    { args: ['train', '--run', 'r', '--as-of', 'today'], wrong: 'at asOf' },
    { args: ['train', '--run', 'r', '--as-of', '2001-05-01T00:00:00Z', '--fast'], wrong: '--fast' },
  ])('fails for good on $wrong and says how to call it', ({ args, wrong }) => {
    const { status, stderr } = main(args);
    expect(status).toBe(2);
    expect(stderr).toContain('usage: <prepare|train|');
    expect(stderr).toContain(wrong);
  });

  it('fails for good without its environment, and names what is missing', () => {
    const { status, stderr } = main(['train', '--run', 'r', '--as-of', '2001-05-01T00:00:00Z'], {
      MODEL: 'flight-delay',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('environment variable BUCKET is not set');
  });
});
