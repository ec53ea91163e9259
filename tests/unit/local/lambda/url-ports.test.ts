import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assignUrlPorts } from '../../../../local/lambda/url/ports.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ports-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('gives the ports above the region in the order of logical ids', () => {
  const portOf = assignUrlPorts(folder, 4000, ['UrlB', 'UrlA']);

  expect([portOf('UrlA'), portOf('UrlB')]).toEqual([4001, 4002]);
});

it('keeps a port when other URLs come and go', () => {
  assignUrlPorts(folder, 4000, ['UrlB', 'UrlC']);
  const portOf = assignUrlPorts(folder, 4000, ['UrlA', 'UrlC']);

  expect([portOf('UrlC'), portOf('UrlA')]).toEqual([4002, 4003]);
});

it('leaves the choice to the system when the region does', () => {
  expect(assignUrlPorts(folder, 0, ['UrlA'])('UrlA')).toBe(0);
});
