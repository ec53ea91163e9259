import { describe, expect, it } from 'vitest';
import { createChecklist, NotHereError } from '../../../cli/checklist.ts';

function fakeList() {
  let written = '';
  let nowMs = 0;
  const list = createChecklist({
    write: (text) => (written += text),
    elapsedMs: () => (nowMs += 1500),
  });
  return { list, lines: () => written.split('\n').filter((line) => line !== '') };
}

describe('a checklist', () => {
  it('says of each check whether it passed, how long it took and what was seen', async () => {
    const { list, lines } = fakeList();

    expect(await list.check('predict', async () => 'by version 7')).toBe(true);

    expect(lines()).toEqual([expect.stringMatching(/^ {2}✓ predict +1\.5 s {3}by version 7$/)]);
    expect(list.failed).toEqual([]);
  });

  it('goes on after a failure, and knows what failed', async () => {
    const { list, lines } = fakeList();

    expect(await list.check('predict', () => Promise.reject(new Error('answered 503')))).toBe(
      false,
    );
    await list.check('stream', async () => {});

    expect(lines()[0]).toMatch(/^ {2}✗ predict .* answered 503$/);
    expect(lines()[1]).toMatch(/^ {2}✓ stream /);
    expect(list.failed).toEqual(['predict']);
  });

  it('tells what cannot be looked at from what failed', async () => {
    const { list, lines } = fakeList();

    await list.check('stream', () => Promise.reject(new NotHereError('there is no champion')));

    expect(lines()[0]).toMatch(/^ {2}– stream .* there is no champion$/);
    expect(list.failed).toEqual([]);
    expect(list.notHere).toEqual(['stream: there is no champion']);
  });
});
