import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeStaleAssets } from '../../infra/tidy.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemill-tidy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('assets that no stack of the folder names are removed, and nothing else', async () => {
  await mkdir(join(folder, 'asset.of-dev'));
  await mkdir(join(folder, 'asset.of-prod'));
  await mkdir(join(folder, 'asset.of-yesterday'));
  await writeFile(join(folder, 'dev.assets.json'), '{ "path": "asset.of-dev" }');
  await writeFile(join(folder, 'prod.assets.json'), '{ "path": "asset.of-prod" }');

  removeStaleAssets(folder);

  expect((await readdir(folder)).toSorted()).toEqual([
    'asset.of-dev',
    'asset.of-prod',
    'dev.assets.json',
    'prod.assets.json',
  ]);
});
