import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFiles } from '../../../../local/cloudwatch/log-files.ts';

describe('log files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-logs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = Date.UTC(2026, 10, 24, 12);

  it('gives back names and lines as they were written, after a restart too', () => {
    const group = '/aws/lambda/predict';
    const stream = '2026/11/24/[$LATEST]a+b:1 %';
    new LogFiles(folder).append(group, stream, { at, message: 'first\nand second half' });
    new LogFiles(folder).append(group, stream, { at: at + 1, message: '' });

    const files = new LogFiles(folder);

    expect(files.groups()).toEqual([group]);
    expect(files.streams(group)).toEqual([stream]);
    expect(files.read(group, stream)).toEqual([
      { at, message: String.raw`first\nand second half` },
      { at: at + 1, message: '' },
    ]);
  });

  it('has no group before something is written to one', () => {
    expect(new LogFiles(join(folder, 'none')).groups()).toEqual([]);
  });

  it('turns to a new file when one is full, and still reads both', () => {
    const files = new LogFiles(folder, 100);
    const half = 'x'.repeat(60);
    for (const index of [0, 1, 2]) files.append('g', 's', { at: at + index, message: half });

    expect(files.read('g', 's').map((event) => event.at - at)).toEqual([0, 1, 2]);
    files.append('g', 's', { at: at + 3, message: half });
    files.append('g', 's', { at: at + 4, message: 'last' });
    expect(files.read('g', 's').map((event) => event.at - at)).toEqual([2, 3, 4]);
  });
});
