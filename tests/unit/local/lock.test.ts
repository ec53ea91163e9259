import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockState } from '../../../local/lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('lockState', () => {
  it('gives the folder to one at a time', () => {
    const first = lockState(folder);

    expect(() => lockState(folder)).toThrow(`runs already, as process ${process.pid}; stop that`);
    first.release();
    expect(() => lockState(folder).release()).not.toThrow();
  });

  it('fails while another process holds it, and takes over from a dead one', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(join(folder, 'region.lock'), String(child.pid));

    expect(() => lockState(folder)).toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(() => lockState(folder).release()).not.toThrow();
  });

  it.each([
    { left: 'an empty file', text: '' },
    { left: 'this very number by a process that is gone', text: String(process.pid) },
  ])('takes over $left', ({ text }) => {
    writeFileSync(join(folder, 'region.lock'), text);

    expect(() => lockState(folder).release()).not.toThrow();
  });
});
