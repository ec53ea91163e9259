import { describe, expect, it } from 'vitest';
import { createTerminal, table } from '../../../cli/terminal.ts';

function fakeTerminal(interactive: boolean, tickMs = 1500) {
  let written = '';
  let nowMs = 0;
  const terminal = createTerminal({
    write: (text) => (written += text),
    elapsedMs: () => (nowMs += tickMs),
    interactive,
  });
  return { terminal, lines: () => written.split('\n').filter((line) => line !== '') };
}

describe('terminal', () => {
  it('says what was done, how long it took and what came of it', async () => {
    const { terminal, lines } = fakeTerminal(false);

    const result = await terminal.step(
      'load',
      async () => 7,
      (days) => `${days} days`,
    );

    expect(result).toBe(7);
    expect(lines()).toEqual([expect.stringMatching(/^ {2}✓ load +1\.5 s {3}7 days$/)]);
  });

  it('prints each progress once', async () => {
    const { terminal, lines } = fakeTerminal(false, 5000);

    await terminal.step('train', async (report) => {
      report('tree 1');
      report('tree 1');
      report('tree 2');
    });

    expect(lines()).toHaveLength(3);
    expect(lines()[1]).toContain('tree 2');
  });

  it('prints progress now and then where lines cannot be rewritten', async () => {
    const { terminal, lines } = fakeTerminal(false, 100);

    await terminal.step('train', async (report) => {
      for (let tree = 1; tree <= 50; tree++) report(`tree ${tree}`);
    });

    expect(lines()).toHaveLength(3);
  });

  it('marks a step that fails and passes the failure on', async () => {
    const { terminal, lines } = fakeTerminal(false);

    await expect(
      terminal.step('train', () => Promise.reject(new Error('no rows'))),
    ).rejects.toThrow('no rows');
    expect(lines()[0]).toMatch(/✗ train/);
  });
});

describe('table', () => {
  it('puts text to the left and numbers to the right', () => {
    expect(
      table(
        ['part', 'count'],
        [
          ['load', 1978941],
          ['train', 5],
        ],
      ),
    ).toBe(['part        count', 'load    1,978,941', 'train           5'].join('\n'));
  });
});
